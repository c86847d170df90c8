/* Lists put in order by hand: by the handle, or by the buttons of a row. Nothing is sent before the form is saved; the
   form only hears that it changed, so that previews follow. */
import Sortable from "sortablejs";

export function startOrders() {
  prepare();
  document.addEventListener("htmx:after:settle", prepare);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-order] [data-move]");
    if (button) move(button);
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

function move(button) {
  const row = button.closest("[data-row]");
  const list = row.closest("[data-order]");
  const rows = [...list.querySelectorAll(":scope > [data-row]")];
  const step = Number(button.dataset.move);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) list.insertBefore(row, other);
  else list.insertBefore(other, row);
  button.focus();
  tell(list);
}

function tell(list) {
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
