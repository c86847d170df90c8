/* The login pages: a key of the device opens the door. Stands alone, these pages load nothing else. */
import { canUseKeys, openWithKey } from "./passkeys.js";

const button = document.querySelector("[data-key-enter]");
if (button && canUseKeys()) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const note = document.getElementById("key-note");
    button.disabled = true;
    note.textContent = "";
    try {
      const { go } = await openWithKey(button.dataset.ask, button.dataset.keyEnter, button.dataset, button.dataset.next);
      location.assign(go);
    } catch (error) {
      note.textContent = error.message;
      button.disabled = false;
      button.focus();
    }
  });
}
