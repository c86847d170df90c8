/* Something new for the reader: a short sound, a mark in the tab until somebody looks, a notification if allowed. */
import { memory, word } from "./page.js";

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
  showChoices();
}

/** Tell the reader of new work: `data` is the event, {kind, id, dossier, …}. */
export function announce(data) {
  if (Date.now() - (told.get(data.dossier) ?? 0) < SAME) return;
  told.set(data.dossier, Date.now());
  unseen += 1;
  mark();
  if (memory.get("active-tab") !== TAB) return; // one tab speaks: the one last used
  playSound();
  if (document.hidden || !document.hasFocus()) notify(data);
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
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(word("newWork"), { tag: `matter-${dossier}` });
  shown.onclick = () => {
    window.focus();
    location.assign(kind === "inquiry" ? word("inquiryPath").replace("0", id) : "/");
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
