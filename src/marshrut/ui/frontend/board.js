/* The board: a drop is a question to the server. Refused, the card is back where it was and the dialog asks what is missing. */
import Sortable from "sortablejs";

import { post } from "./actions.js";
import { menuOpener } from "./menus.js";
import { holdRegions } from "./regions.js";
import { isTyping, keyOf } from "./page.js";

export function startBoard() {
  prepare();
  document.addEventListener("htmx:after:settle", prepare);
  document.addEventListener("keydown", moveByKeys);
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.("[data-move-to]");
    if (item) ask(menuOpener().closest(".card"), item.dataset.moveTo);
  });
}

function prepare() {
  for (const list of document.querySelectorAll(".column-cards")) {
    if (Sortable.get(list)) continue;
    Sortable.create(list, {
      group: { name: "board", put: () => !list.dataset.closed },
      draggable: ".card[data-drop-url]",
      filter: "[data-fixed]",
      preventOnFilter: false,
      sort: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: 160,
      delayOnTouchOnly: true,
      ghostClass: "card-ghost",
      dragClass: "card-drag",
      onStart: () => holdRegions(true),
      onEnd: (event) => drop(event),
    });
  }
}

async function drop({ item, from, to, oldIndex }) {
  const back = () => from.insertBefore(item, from.querySelectorAll(":scope > .card")[oldIndex] ?? null);
  if (from === to) return holdRegions(false);
  const isDone = await post(item.dataset.dropUrl, { stage: to.dataset.stage });
  if (!isDone) back();
  holdRegions(false);
}

async function ask(card, stage) {
  if (await post(card.dataset.dropUrl, { stage })) focusLater(card.id);
}

/** `[` and `]` move the focused card a column back or on. */
function moveByKeys(event) {
  const card = document.activeElement?.closest?.(".card[data-drop-url]");
  const key = keyOf(event);
  if (!card || isTyping(event.target) || !["[", "]"].includes(key) || event.ctrlKey || event.metaKey) return;
  const columns = [...document.querySelectorAll(".column-cards")];
  const step = key === "[" ? -1 : 1;
  const target = columns[columns.indexOf(card.closest(".column-cards")) + step];
  if (!target || target.dataset.closed) return;
  event.preventDefault();
  ask(card, target.dataset.stage);
}

/** After the board came back the same card is focused, wherever it is now. */
function focusLater(id) {
  const focus = (event) => {
    if (event.target.id !== "board") return;
    document.removeEventListener("htmx:after:settle", focus);
    document.getElementById(id)?.querySelector("a")?.focus();
  };
  document.addEventListener("htmx:after:settle", focus);
}
