/* Regions: parts of a page that can fetch themselves again without disturbing whoever is reading or typing. */
import htmx from "htmx.org";

const PAUSE = 400; // ms between two refreshes of one region; the first goes at once
const waiting = new WeakMap();

/** Refresh every region of the page, or those that `matches(names)` picks. */
export function refreshRegions(matches = () => true) {
  for (const region of document.querySelectorAll("[data-live]")) {
    if (matches(region.dataset.live.split(/\s+/))) refresh(region);
  }
}

/** Nothing is exchanged under a dragged card; what was asked for meanwhile comes right after. */
let held = false;
export function holdRegions(hold) {
  held = hold;
  if (!hold) for (const region of document.querySelectorAll("[data-live][data-kept]")) refresh(region);
}

function refresh(region) {
  if (held) {
    region.dataset.kept = "asked";
    return;
  }
  delete region.dataset.kept;
  const state = waiting.get(region) ?? { busy: false, again: false };
  waiting.set(region, state);
  if (state.busy) {
    state.again = true;
    return;
  }
  state.busy = true;
  const done = () =>
    setTimeout(() => {
      state.busy = false;
      if (state.again && region.isConnected) {
        state.again = false;
        refresh(region);
      }
    }, PAUSE);
  const url = region.dataset.liveSrc || location.pathname + location.search;
  htmx.ajax("GET", url, { source: region, target: region, swap: "outerMorph" }).then(done, done);
}
