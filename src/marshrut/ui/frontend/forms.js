/* Forms: sent once, never silently slow, and what was typed survives failures, refreshes and slips of the hand. */
import { memory } from "./page.js";

const SLOW = 1000;

export function startForms() {
  document.addEventListener("htmx:before:request", (event) => begin(event.detail.ctx));
  document.addEventListener("htmx:finally:request", (event) => end(event.detail.ctx));
  document.addEventListener("click", applyPreset);
  document.addEventListener("input", keepDraft);
  document.addEventListener("change", sendChosen);
  document.addEventListener("keydown", sendByKeys);
  document.addEventListener("htmx:after:process", () => restoreDrafts());
  document.addEventListener("done", forgetDrafts);
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("dialog[open][data-dirty] textarea")) event.preventDefault();
  });
  restoreDrafts();
}

function begin(ctx) {
  const element = ctx.sourceElement;
  if (element.matches("[data-live]")) return;
  ctx.slow = setTimeout(() => (ctx.bar = showBar()), SLOW);
  const isWrite = ctx.request.method !== "GET";
  ctx.sent = isWrite ? buttonsOf(element).filter((button) => !button.disabled) : [];
  for (const button of ctx.sent) button.disabled = true;
  if (element.matches("form")) element.setAttribute("aria-busy", "true");
}

function end(ctx) {
  clearTimeout(ctx.slow);
  ctx.bar?.remove();
  for (const button of ctx.sent ?? []) button.disabled = false;
  if (ctx.sourceElement?.matches?.("form")) ctx.sourceElement.removeAttribute("aria-busy");
}

function buttonsOf(element) {
  return element.matches("form") ? [...element.querySelectorAll("button[type=submit], button:not([type])")] : [element];
}

function showBar() {
  const bar = document.createElement("div");
  bar.className = "progress";
  bar.setAttribute("role", "progressbar");
  document.body.append(bar);
  return bar;
}

/** A button that writes a value into a field: "in an hour", "tomorrow at ten", a usual answer. */
function applyPreset(event) {
  const button = event.target.closest?.("[data-fill]");
  if (!button) return;
  const field = button.closest("form")?.elements[button.dataset.fill];
  if (!field) return;
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  for (const other of button.parentElement.querySelectorAll("[data-fill]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

/** Filters: choosing is asking. */
function sendChosen(event) {
  if (event.target.matches?.("select[data-send]")) event.target.form.requestSubmit();
}

/** Ctrl-Enter sends from inside a long text. */
function sendByKeys(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) {
    event.preventDefault();
    event.target.form?.requestSubmit();
  }
}

function keepDraft(event) {
  const name = event.target.dataset?.draft;
  if (name) memory.set(`draft:${name}`, event.target.value || null, sessionStorage);
}

function restoreDrafts() {
  for (const field of document.querySelectorAll("[data-draft]")) {
    if (!field.value) field.value = memory.get(`draft:${field.dataset.draft}`, sessionStorage) ?? "";
  }
}

function forgetDrafts(event) {
  const form = event.target.closest?.("form");
  for (const field of form?.querySelectorAll("[data-draft]") ?? []) {
    memory.set(`draft:${field.dataset.draft}`, null, sessionStorage);
    field.value = "";
  }
}
