/* Something new for the reader: a short sound, a mark in the tab until somebody looks, a notification if allowed.
   In quiet hours and outside the shift nothing sounds or pops up: the bell says so, asked anew each time. */
import htmx from "htmx.org";

import { refreshRegions } from "./regions.js";
import { memory, word } from "./page.js";
import { showToast } from "./toasts.js";

const TAB = Math.random().toString(36).slice(2);
const LOOKS = ["pointermove", "pointerdown", "keydown", "wheel", "focus", "touchstart"];
const SAME = 3000; // ms in which news of one matter is one piece of news
const told = new Map();
let unseen = 0;
let audio = null;
let plainTitle = "";

export function startNotices() {
  plainTitle = document.title;
  for (const name of LOOKS) addEventListener(name, look, { passive: true, capture: true });
  document.addEventListener("visibilitychange", () => document.hidden || look());
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, allowSound, { capture: true, passive: true });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-sound]")) toggleSound();
    if (event.target.closest?.("[data-notify]")) askPermission();
  });
  document.addEventListener("htmx:after:settle", (event) => {
    if (event.target.id === "bell-list") refreshRegions((names) => names.includes("notice")); // they have been seen
  });
  showChoices();
  sayWhatGathered();
}

/** Back from quiet hours: once, how many notices wait. */
function sayWhatGathered() {
  const { unseen, newest, quiet } = document.getElementById("bell")?.dataset ?? {};
  const isAway = memory.get("was-quiet") === "yes";
  if (quiet) memory.set("was-quiet", quiet);
  if (!isAway || quiet !== "no" || !Number(unseen) || memory.get("gathered") === newest) return;
  memory.set("gathered", newest);
  showToast(word("whileAway", { count: unseen }));
}

/** Tell the reader of new work: `data` is the event, {kind, id, dossier, …}. */
export function announce(data) {
  if (Date.now() - (told.get(data.dossier) ?? 0) < SAME) return;
  told.set(data.dossier, Date.now());
  unseen += 1;
  mark();
  speak(() => notify(data));
}

/** A notice came: the bell counts it by itself; here it is heard and, where nobody looks, seen. */
export function announceNotice({ id, dossier }) {
  unseen += 1;
  mark();
  if (dossier && Date.now() - (told.get(dossier) ?? 0) < SAME) return; // the matter itself was just announced
  if (dossier) told.set(dossier, Date.now());
  speak(() => pop(word("newNotice"), `notice-${id}`, dossier ? word("dossierPath").replace("0", dossier) : word("noticesPath")));
}

async function speak(popUp) {
  if (memory.get("active-tab") !== TAB) return; // one tab speaks: the one last used
  if (await isQuiet()) return;
  playSound();
  if (document.hidden || !document.hasFocus()) popUp();
}

/** Whether the reader is to be left alone now: the server knows the shift and the quiet hours. */
async function isQuiet() {
  const bell = document.getElementById("bell");
  if (!bell) return false;
  await htmx.ajax("GET", bell.dataset.liveSrc, { source: bell, target: bell, swap: "outerMorph" });
  const quiet = document.getElementById("bell")?.dataset.quiet;
  if (quiet) memory.set("was-quiet", quiet);
  return quiet === "yes";
}

function look() {
  if (!unseen) return;
  unseen = 0;
  mark();
}

function mark() {
  document.title = unseen ? `(${unseen}) ${plainTitle}` : plainTitle;
  const link = document.querySelector("link[rel=icon]");
  if (link) link.href = unseen ? link.dataset.marked : link.dataset.plain;
}

/** Browsers allow sound after the first touch or key; that tab is also the one that speaks for all. */
function allowSound() {
  memory.set("active-tab", TAB);
  if (navigator.userActivation && !navigator.userActivation.isActive) return;
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  if (audio?.state === "suspended") audio.resume();
}

function playSound() {
  if (!audio || audio.state !== "running" || memory.get("sound") === "off") return;
  [[660, 0], [880, 0.11]].forEach(([pitch, after]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.type = "sine";
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.24);
  });
}

function notify({ kind, id, dossier }) {
  pop(word("newWork"), `matter-${dossier}`, kind === "inquiry" ? word("inquiryPath").replace("0", id) : "/");
}

function pop(text, tag, address) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(text, { tag });
  shown.onclick = () => {
    window.focus();
    location.assign(address);
    shown.close();
  };
}

function toggleSound() {
  memory.set("sound", memory.get("sound") === "off" ? "on" : "off");
  showChoices();
  if (memory.get("sound") !== "off") playSound();
}

async function askPermission() {
  if ("Notification" in window) await Notification.requestPermission();
  showChoices();
}

function showChoices() {
  for (const button of document.querySelectorAll("[data-sound]")) {
    button.setAttribute("aria-pressed", String(memory.get("sound") !== "off"));
  }
  for (const button of document.querySelectorAll("[data-notify]")) {
    const allowed = "Notification" in window && Notification.permission === "granted";
    button.setAttribute("aria-pressed", String(allowed));
    button.hidden = !("Notification" in window);
  }
}
