/* One event stream for all tabs: the tab that holds the lock listens and tells the others. */
import { announce, announceNotice } from "./notices.js";
import { refreshRegions } from "./regions.js";
import { memory } from "./page.js";

const KINDS = ["inquiry", "task", "deal", "dossier", "queue", "quarantine", "notice", "resync"];
const MATTER = ["inquiry", "task", "deal", "queue"]; // what a change of a dossier may show in
const LONGEST_WAIT = 30000;
const TAB = Math.random().toString(36).slice(2);
let heardAt = 0; // only the listening tab hears by itself

export function startLive() {
  const url = document.body.dataset.events;
  if (!url) return;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("marshrut") : null;
  const tell = (kind, data) => {
    heardAt = Date.now();
    receive(kind, data);
    others?.postMessage({ kind, data });
  };
  if (others) others.onmessage = ({ data }) => (data.hello ? greet(data, others) : receive(data.kind, data.data, data.to));
  others?.postMessage({ hello: TAB, since: performance.timeOrigin });
  addEventListener("pageshow", (event) => event.persisted && refreshRegions());
  if (others && navigator.locks) navigator.locks.request("marshrut-events", () => listen(url, tell));
  else listen(url, (kind, data) => receive(kind, data)); // no locks: each tab for itself
}

/** A tab that opened while something was being told asks for it all once more. */
function greet({ hello, since }, others) {
  if (heardAt >= since) others.postMessage({ kind: "resync", data: {}, to: hello });
}

/** Never resolves: the lock goes to another tab when this one is closed. */
function listen(url, tell) {
  let wait = 1000;
  let wasOpen = false;
  const open = () => {
    const stream = new EventSource(url);
    stream.onopen = () => {
      wait = 1000;
      showOffline(false);
      if (wasOpen) tell("resync", {}); // something may have happened while we were away
      wasOpen = true;
    };
    for (const kind of KINDS) stream.addEventListener(kind, (event) => tell(kind, read(event)));
    stream.onerror = () => {
      // A browser gives up for good on a refused stream; we do not.
      if (stream.readyState !== EventSource.CLOSED) return showOffline(wasOpen);
      stream.close();
      showOffline(wasOpen);
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  open();
  return new Promise(() => {});
}

function read(event) {
  try {
    if (event.lastEventId) memory.set("last-event", event.lastEventId, sessionStorage);
    return JSON.parse(event.data || "{}");
  } catch {
    return {};
  }
}

function receive(kind, data, to = TAB) {
  if (to !== TAB) return;
  document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail: data, bubbles: true }));
  refreshRegions((names) => kind === "resync" || names.includes(kind) || (kind === "dossier" && MATTER.some((name) => names.includes(name))));
  if (kind === "notice" && data?.fresh) announceNotice(data);
  else if (data?.fresh && String(data.owner) === document.body.dataset.me) announce(data);
}

let offlineTimer = 0;
function showOffline(isOffline) {
  clearTimeout(offlineTimer);
  const line = document.getElementById("offline");
  if (!line) return;
  if (isOffline) offlineTimer = setTimeout(() => (line.hidden = false), 3000);
  else line.hidden = true;
}
