/* My security: a key of this device is connected; lists are copied with one press. */
import { openDialog } from "./dialogs.js";
import { connectKey, canUseKeys } from "./passkeys.js";
import { refreshRegions } from "./regions.js";
import { showToast } from "./toasts.js";

export function startConnectingKeys() {
  showWhereUsable();
  document.addEventListener("htmx:after:settle", showWhereUsable);
  document.addEventListener("click", (event) => {
    const connect = event.target.closest?.("[data-key-connect]");
    if (connect) makeKey(connect);
    const copy = event.target.closest?.("[data-copy]");
    if (copy) copyText(copy);
  });
}

function showWhereUsable() {
  for (const button of document.querySelectorAll("[data-key-connect]")) button.hidden = !canUseKeys();
  for (const note of document.querySelectorAll("[data-no-keys]")) note.hidden = canUseKeys();
}

async function makeKey(button) {
  button.disabled = true;
  try {
    const { html } = await connectKey(button.dataset.ask, button.dataset.keyConnect, button.dataset.name, button.dataset);
    if (html) openDialog(html);
    else showToast(button.dataset.done);
    refreshRegions();
  } catch (error) {
    showToast(error.message, { tone: "bad" });
  } finally {
    button.disabled = false;
  }
}

async function copyText(button) {
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.value ?? from.innerText.trim());
    showToast(button.dataset.done);
  } catch {
    getSelection().selectAllChildren(from);
  }
}
