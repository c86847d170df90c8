/* Lists put in order by hand: by the handle, by the buttons of a row, or by Alt and an arrow anywhere in it. Nothing is sent before the form is saved; the
   form only hears that it changed, so that previews follow. */
import Sortable from "sortablejs";

export function startOrders() {
  prepare();
  document.addEventListener("htmx:after:settle", prepare);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-order] [data-move]");
    if (button) move(button.closest("[data-row]"), Number(button.dataset.move), button);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest?.("[data-order] > [data-row]");
    if (!step || !event.altKey || !row) return;
    event.preventDefault();
    move(row, step, event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-order] [data-switch]")) {
      event.target.closest("[data-row]").classList.toggle("is-off", !event.target.checked);
    }
  });
}

function prepare() {
  for (const list of document.querySelectorAll("[data-order]")) {
    if (Sortable.get(list)) continue;
    Sortable.create(list, {
      draggable: "[data-row]",
      handle: "[data-handle]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      ghostClass: "order-ghost",
      onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && tell(list),
    });
  }
}

function move(row, step, focused) {
  const list = row.closest("[data-order]");
  const rows = rowsOf(list);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) list.insertBefore(row, other);
  else list.insertBefore(other, row);
  focused.focus();
  say(list, row);
  tell(list);
}

function rowsOf(list) {
  return [...list.querySelectorAll(":scope > [data-row]")];
}

/* Where the row has come to, for whoever listens. */
function say(list, row) {
  const said = list.parentElement.querySelector("[data-order-said]");
  const rows = rowsOf(list);
  const words = { name: row.querySelector("[data-name]")?.textContent, place: rows.indexOf(row) + 1, all: rows.length };
  if (said) said.textContent = (list.dataset.said ?? "").replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole);
}

function tell(list) {
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
