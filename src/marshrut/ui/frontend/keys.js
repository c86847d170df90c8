/* The keyboard alone is enough: lists by j and k, the row's own actions by their letters, help by a question mark. */
import htmx from "htmx.org";

import { isTyping, keyOf } from "./page.js";

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = keyOf(event);
    const handled = general(key) || inList(key) || onPage(key);
    if (handled) event.preventDefault();
  });
  document.addEventListener("click", openPreview);
}

function general(key) {
  if (key === "?") document.getElementById("keys-help")?.showModal();
  else if (key === "n") document.querySelector("[data-key-new]")?.click();
  else if (key === "N") document.querySelector("[data-key-new-deal]")?.click();
  else return false;
  return true;
}

function inList(key) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement) || row.getAttribute("aria-current") === "true");
  if (key === "j" || key === "k") {
    select(rows, Math.min(Math.max(0, at + (key === "j" ? 1 : -1)), rows.length - 1));
    return true;
  }
  const row = rows[at];
  return press(row, key);
}

/** Outside lists — a card, the panel of the chosen row — the letter presses the first such button in sight. */
function onPage(key) {
  return press(document.querySelector(".panel-open"), key) || press(document.querySelector(".matter"), key);
}

function press(place, key) {
  const buttons = [...(place?.querySelectorAll("[data-key]") ?? [])];
  const button = buttons.find((one) => one.dataset.key === key && one.checkVisibility());
  button?.click();
  return Boolean(button);
}

function select(rows, index) {
  const row = rows[index];
  const link = row.querySelector("[data-open]");
  row.scrollIntoView({ block: "nearest" });
  link?.focus({ preventScroll: true });
  if (row.dataset.preview) showPreview(row);
}

/** A plain click on a row shows its preview; with a modifier, on a phone, or by Enter the link leads to the page itself. */
function openPreview(event) {
  const row = event.target.closest?.("a[data-open]")?.closest("[data-preview]");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0 || matchMedia("(max-width: 760px)").matches) return;
  event.preventDefault();
  showPreview(row);
}

function showPreview(row) {
  const panel = document.getElementById("panel");
  for (const other of document.querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  panel.classList.add("panel-open");
  htmx.ajax("GET", row.dataset.preview, { source: panel, target: panel, swap: "innerHTML" });
}
