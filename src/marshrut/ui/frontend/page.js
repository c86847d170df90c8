/* Small things that several modules need: the page's words, its token, its memory. */

/** A sentence in the reader's language, from the page's #words; `%(name)s` places are filled from `values`. */
export function word(name, values = {}) {
  const text = document.getElementById("words")?.dataset[name] ?? name;
  return text.replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

const FOREIGN = /^(?![a-z])\p{L}$/iu;
const BRACKETS = { BracketLeft: "[", BracketRight: "]" };

/** The key that was meant: with a Cyrillic layout, what stands on it in Latin. */
export function keyOf(event) {
  if (!FOREIGN.test(event.key)) return event.key;
  const letter = event.code.startsWith("Key") ? event.code.slice(3) : BRACKETS[event.code];
  return letter ? (event.shiftKey ? letter : letter.toLowerCase()) : event.key;
}

/** What this browser remembers; a refused storage forgets silently. */
export const memory = {
  get(key, store = localStorage) {
    try {
      return store.getItem(`marshrut:${key}`);
    } catch {
      return null;
    }
  },
  set(key, value, store = localStorage) {
    try {
      if (value === null) store.removeItem(`marshrut:${key}`);
      else store.setItem(`marshrut:${key}`, value);
    } catch {
      /* full or refused: nothing depends on it */
    }
  },
};

/** An icon of the sprite, as an element. */
export function iconElement(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.getElementById("words")?.dataset.sprite}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Whether the person is writing somewhere, so that single keys are letters and not commands. */
export function isTyping(target) {
  return Boolean(target?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}
