/* What happens around every request: token in, success said, refusals kept apart from failures. */
import htmx from "htmx.org";

import { closeDialog, openDialog } from "./dialogs.js";
import { refreshRegions } from "./regions.js";
import { showToast } from "./toasts.js";
import { csrfToken, memory, word } from "./page.js";

const SWAPPED = new Set([200, 201, 409, 422]);

export function startActions() {
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:before:response", (event) => {
    if (!isForPage(event.detail.ctx)) event.preventDefault();
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !isRegion(event.detail.ctx)) showToast(word("offline"), { tone: "bad" });
  });
  document.addEventListener("done", (event) => succeed(event.detail ?? {}));
  document.addEventListener("written", () => refreshRegions()); // done, and the dialog has one more thing to say
  sayWhatWasDoneBefore();
}

/** POST outside htmx (a drop, an undo), with the same meaning of answers. Returns true when it was done. */
export async function post(url, values = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true", Accept: "text/html" },
      body: new URLSearchParams(values),
    });
  } catch {
    showToast(word("offline"), { tone: "bad" });
    return false;
  }
  const go = response.headers.get("HX-Redirect");
  if (response.ok) {
    const said = response.headers.get("HX-Trigger");
    succeed({ ...(said ? JSON.parse(said).done : {}) });
  }
  if (go) location.assign(go);
  if (response.ok || go) return true;
  if (response.status === 409 || response.status === 422) openDialog(await response.text());
  else sayRefusal(response);
  return false;
}

function succeed({ message, undo, go }) {
  closeDialog();
  if (go) {
    if (message) memory.set("said", message, sessionStorage);
    return;
  }
  if (message) showToast(message, { undo: undo && (() => post(undo)) });
  refreshRegions();
}

function sayWhatWasDoneBefore() {
  const message = memory.get("said", sessionStorage);
  if (!message) return;
  memory.set("said", null, sessionStorage);
  showToast(message);
}

function isRegion(ctx) {
  return ctx.sourceElement?.matches?.("[data-live]");
}

/** Only a page's own fragments are put into it: not a login page that a redirect led to, not a server's error page. */
function isForPage(ctx) {
  const response = ctx.response.raw;
  if (response.redirected && new URL(response.url).pathname === word("loginPath")) {
    location.reload();
    return false;
  }
  if (SWAPPED.has(response.status) || response.status === 204 || response.headers.has("HX-Redirect")) return true;
  if (!isRegion(ctx)) sayRefusal(response);
  return false;
}

function sayRefusal(response) {
  const known = { 403: "forbidden", 404: "missing", 429: "tooMany" };
  showToast(word(known[response.status] ?? "failed"), { tone: "bad" });
}

htmx.config.defaultSwap = "innerHTML";
