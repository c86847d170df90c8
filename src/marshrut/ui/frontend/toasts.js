/* One short sentence at the bottom: what was done, with a way back. */
import { iconElement, word } from "./page.js";

const STAYS = 6000;

export function showToast(message, { undo = null, tone = "good" } = {}) {
  const list = document.getElementById("toasts");
  if (!list) return;
  const toast = document.createElement("div");
  toast.className = `toast toast-${tone}`;
  const text = document.createElement("span");
  text.textContent = message;
  toast.append(iconElement(tone === "bad" ? "alert-triangle" : "circle-check"), text);
  if (undo) toast.append(button(word("undo"), () => (toast.remove(), undo())));
  toast.append(button("×", () => toast.remove(), word("close")));
  while (list.children.length > 2) list.firstElementChild.remove();
  list.append(toast);
  let timer = setTimeout(() => toast.remove(), STAYS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), STAYS / 2)));
}

function button(text, action, label = text) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", action);
  return made;
}
