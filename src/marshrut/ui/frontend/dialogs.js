/* The page's one dialog: opens when a fragment arrives in it, closes when the action was done, asks before text is lost. */
import htmx from "htmx.org";

import { word } from "./page.js";

const dialog = () => document.getElementById("dialog");

export function startDialogs() {
  const element = dialog();
  if (!element) return;
  element.addEventListener("htmx:after:settle", (event) => event.target === element && queueMicrotask(show));
  element.addEventListener("cancel", (event) => {
    if (!mayClose()) event.preventDefault();
  });
  element.addEventListener("close", () => element.replaceChildren());
  element.addEventListener("input", () => (element.dataset.dirty = "yes"));
  element.addEventListener("pointerdown", (event) => {
    if (event.target === element && isOutside(element, event) && mayClose()) closeDialog();
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest?.("[data-close]");
    if (!closer) return;
    const holder = closer.closest("dialog");
    if (holder === element) closeDialog();
    else holder?.close();
  });
}

/** Show a fragment the server sent, as if the page had asked for it. */
export function openDialog(html) {
  const fragment = new DOMParser().parseFromString(html, "text/html");
  dialog().replaceChildren(...fragment.body.childNodes);
  htmx.process(dialog());
  show();
}

export function closeDialog() {
  const element = dialog();
  if (!element) return;
  delete element.dataset.dirty;
  if (element.open) element.close();
}

function show() {
  const element = dialog();
  if (!element.childElementCount) return;
  if (!element.open) {
    delete element.dataset.dirty;
    element.showModal();
  }
  const first = element.querySelector('[aria-invalid="true"]') ?? element.querySelector("[autofocus]") ?? element.querySelector("input:not([type=hidden]), textarea, select");
  first?.focus();
}

function mayClose() {
  const element = dialog();
  const hasText = [...element.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
  return !(element.dataset.dirty && hasText) || window.confirm(word("leave"));
}

function isOutside(element, event) {
  const box = element.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
