/* Clocks count from the moment written in them, so a page left open stays true. */

export function startClocks() {
  tick();
  setInterval(tick, 1000);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-due]")) write(clock);
  for (const bar of document.querySelectorAll("[data-left-at]")) shrink(bar);
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

/* What is left of a clock: at the moments named, 100, 75, 50, 25 and 0 per cent of its working minutes; straight between them. */
const LEFT = [100, 75, 50, 25, 0];

function shrink(bar) {
  const at = bar.dataset.leftAt.split(",").map(Date.parse);
  const now = Date.now();
  const next = at.findIndex((moment) => moment > now);
  const left = next < 0 ? 0 : next === 0 ? 100 : LEFT[next] + ((LEFT[next - 1] - LEFT[next]) * (at[next] - now)) / (at[next] - at[next - 1]);
  const tone = next < 0 ? "late" : left <= 25 ? "bad" : left <= 50 ? "warm" : "calm";
  if (bar.dataset.stands === undefined || next < 0) bar.querySelector("[data-left]").setAttribute("width", left.toFixed(1));
  if (bar.dataset.tone !== tone) bar.dataset.tone = tone;
}
