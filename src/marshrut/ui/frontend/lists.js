/* Lists: which rows are chosen — one by one, from one to another with Shift, the page, or all that the filters find. */
import { keyOf } from "./page.js";
import { refreshRegions } from "./regions.js";

const chosen = new Set();
let whole = false; // all that the filters find, seen or not
let last = null; // the box that was ticked last: Shift chooses from there

export function startLists() {
  if (!document.querySelector("[data-list]")) return;
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:after:settle", restore);
  document.addEventListener("rows-changed", () => {
    clear();
    refreshRegions();
  });
  document.addEventListener("formdata", leaveOutEmpty);
  document.addEventListener("toggle", sendWhenClosed, true);
  document.addEventListener("change", (event) => {
    const menu = event.target.closest?.(".list-menu");
    if (menu) menu.dataset.changed = "yes";
  });
}

const boxes = () => [...document.querySelectorAll("[data-tick]")];

function onClick(event) {
  const target = event.target;
  if (target.matches?.("[data-tick]")) tick(target, event.shiftKey);
  else if (target.matches?.("[data-tick-all]")) tickAll(target.checked);
  else if (target.closest?.("[data-tick-whole]")) {
    whole = true;
    show();
  } else if (target.closest?.("[data-tick-none]")) clear();
}

/** x ticks the row at hand, as in any list of letters. */
function onKey(event) {
  if (keyOf(event) !== "x" || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
  const box = document.activeElement?.closest?.("[data-row]")?.querySelector("[data-tick]");
  if (!box) return;
  box.checked = !box.checked;
  tick(box, event.shiftKey);
}

function tick(box, isRange) {
  const all = boxes();
  const from = isRange && last?.isConnected ? all.indexOf(last) : all.indexOf(box);
  const to = all.indexOf(box);
  for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) set(one, box.checked);
  last = box;
  whole = false;
  show();
}

function tickAll(isOn) {
  for (const box of boxes()) set(box, isOn);
  whole = false;
  show();
}

function set(box, isOn) {
  box.checked = isOn;
  if (isOn) chosen.add(box.value);
  else chosen.delete(box.value);
}

function clear() {
  chosen.clear();
  whole = false;
  for (const box of boxes()) box.checked = false;
  show();
}

/** After a refresh of the table, or more rows below it, what was chosen is chosen still. */
function restore() {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  const region = document.getElementById("list");
  if (!region) return show();
  const url = new URL(region.dataset.liveSrc, location.href);
  url.searchParams.set("shown", boxes().length);
  region.dataset.liveSrc = url.pathname + url.search;
  show();
}

function show() {
  const bar = document.getElementById("list-bulk");
  if (!bar) return;
  const all = boxes();
  const onPage = all.filter((box) => box.checked).length;
  bar.hidden = !chosen.size && !whole;
  bar.elements.ids.value = whole ? "" : [...chosen].join(",");
  if (bar.elements.all) bar.elements.all.value = whole ? "1" : "";
  const label = bar.querySelector("[data-chosen]");
  label.textContent = whole ? `${label.dataset.chosen}: ${label.dataset.whole}` : `${label.dataset.chosen}: ${chosen.size}`;
  const more = bar.querySelector("[data-tick-whole]");
  if (more) more.hidden = whole || onPage < all.length || !document.querySelector(".more-row");
  const head = document.querySelector("[data-tick-all]");
  if (!head) return;
  head.checked = all.length > 0 && onPage === all.length;
  head.indeterminate = onPage > 0 && onPage < all.length;
}

/** An address holds what was chosen, not every field that was left alone. */
function leaveOutEmpty(event) {
  if (event.target.id !== "list-filters") return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  if (!document.getElementById("list-columns")?.dataset.changed && !new URLSearchParams(location.search).has("columns")) {
    event.formData.delete("columns");
  }
}

/** A chip that is closed with another choice in it asks at once. */
function sendWhenClosed(event) {
  const menu = event.target;
  if (event.newState !== "closed" || !menu.matches?.(".list-menu") || !menu.dataset.changed) return;
  document.getElementById("list-filters")?.requestSubmit();
}
