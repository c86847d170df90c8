/* Clocks count from the moment written in them, so a page left open stays true. */

export function startClocks() {
  tick();
  setInterval(tick, 1000);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-due]")) write(clock);
}

function write(clock) {
  const seconds = Math.trunc((Date.parse(clock.dataset.due) - Date.now()) / 1000);
  const left = Math.abs(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(left / 3600);
  const minutes = two(Math.floor(left / 60) % 60);
  const text = (seconds < 0 ? "−" : "") + (hours ? `${hours}:` : "") + `${minutes}:${two(left % 60)}`;
  if (clock.textContent !== text) clock.textContent = text;
  const state = seconds < 0 ? "late" : seconds < 300 ? "soon" : "calm";
  clock.className = `clock clock-${state}`;
}
