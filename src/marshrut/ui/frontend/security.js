/* My security: a key of this device is connected; lists are copied with one press. */
import { closeDialog, openDialog } from "./dialogs.js";
import { connectKey, canUseKeys } from "./passkeys.js";
import { refreshRegions } from "./regions.js";
import { showToast } from "./toasts.js";

export function startConnectingKeys() {
  showWhereUsable();
  document.addEventListener("htmx:after:settle", showWhereUsable);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-key-connect]")) return;
    event.preventDefault();
    makeKey(event.target);
  });
  document.addEventListener("click", (event) => {
    const copy = event.target.closest?.("[data-copy]");
    if (copy) copyText(copy);
  });
}

function showWhereUsable() {
  for (const button of document.querySelectorAll("[data-needs-keys]")) button.hidden = !canUseKeys();
  for (const note of document.querySelectorAll("[data-no-keys]")) note.hidden = canUseKeys();
}

/** The form holds the password; what is refused is said in it. */
async function makeKey(form) {
  const [submit, note] = [form.querySelector("[type=submit]"), form.querySelector("[data-key-note]")];
  submit.disabled = true;
  note.textContent = "";
  try {
    const { ask, keyConnect, name } = form.dataset;
    const { html } = await connectKey(ask, keyConnect, { name, password: form.elements.password.value }, form.dataset);
    if (html) openDialog(html);
    else {
      closeDialog();
      showToast(form.dataset.done);
    }
    refreshRegions();
  } catch (error) {
    note.textContent = error.message;
    form.elements.password.focus();
  } finally {
    submit.disabled = false;
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
