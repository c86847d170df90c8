/* The calendar: a free half-hour is planned by a click or by Enter, arrow keys walk over them, an action is dragged to another time. */
import htmx from "htmx.org";

import { post } from "./actions.js";
import { holdRegions } from "./regions.js";
import { isTyping, keyOf } from "./page.js";

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
let dragged = null;

export function startCalendar() {
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.(".cal-slot, [data-cal-plan]");
    if (place) plan(place);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (walk(event) || turn(event)) event.preventDefault();
  });
  document.addEventListener("dragstart", lift);
  document.addEventListener("dragover", hover);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", release);
  showMorning();
}

const calendar = () => document.getElementById("calendar");

/** The moment of a free half-hour: its column's day at its own time. */
const momentOf = (slot) => `${slot.closest(".cal-day").dataset.day}T${slot.ariaLabel}`;

function plan(place) {
  const address = `${calendar().dataset.plan}?${new URLSearchParams({ at: place.dataset.at ?? momentOf(place) })}`;
  htmx.ajax("GET", address, { source: place, target: "#dialog", swap: "innerHTML" });
}

/** From a free half-hour to the one above, below, or beside it; that one is then what Tab comes to. */
function walk(event) {
  const step = STEPS[event.key];
  const slot = event.target.closest?.(".cal-slot");
  if (!step || !slot) return false;
  const days = [...calendar().querySelectorAll(".cal-day")];
  const at = days.indexOf(slot.closest(".cal-day"));
  const row = [...days[at].querySelectorAll(".cal-slot")].indexOf(slot);
  const target = days[at + step[0]]?.querySelectorAll(".cal-slot")[row + step[1]];
  if (!target) return true;
  slot.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
  return true;
}

/** `[`, `]` and T turn the pages. */
function turn(event) {
  const key = keyOf(event);
  const link = calendar() && ["[", "]", "t"].includes(key) && document.querySelector(`[data-cal-step="${key}"]`);
  if (link) link.click();
  return Boolean(link);
}

function lift(event) {
  dragged = event.target.closest?.(".cal-event[draggable]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.title);
  dragged.classList.add("cal-dragged");
  holdRegions(true);
}

/** The half-hour under the pointer: other actions lie above it and do not hide it. */
function slotUnder(event) {
  return document.elementsFromPoint(event.clientX, event.clientY).find((element) => element.matches(".cal-slot")) ?? null;
}

function hover(event) {
  if (!dragged) return;
  const slot = slotUnder(event);
  for (const other of document.querySelectorAll(".cal-over")) if (other !== slot) other.classList.remove("cal-over");
  slot?.classList.add("cal-over");
  if (slot) event.preventDefault();
}

async function drop(event) {
  const slot = dragged && slotUnder(event);
  if (!slot) return;
  event.preventDefault();
  await post(`${dragged.getAttribute("hx-get")}/move`, { due: momentOf(slot), who: slot.closest(".cal-day").dataset.who });
}

function release() {
  if (!dragged) return;
  dragged.classList.remove("cal-dragged");
  for (const slot of document.querySelectorAll(".cal-over")) slot.classList.remove("cal-over");
  dragged = null;
  holdRegions(false);
}

/** The present hour stands in sight. */
function showMorning() {
  document.querySelector(".cal-now")?.scrollIntoView({ block: "center" });
}
