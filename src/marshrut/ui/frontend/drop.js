/* A place to drop a file: it says which file lies in it. The field itself takes the drop; without this script it works too. */
export function startDrops() {
  document.addEventListener("change", (event) => {
    const place = event.target.closest?.("[data-drop]");
    const name = place?.querySelector("[data-drop-name]");
    if (name && event.target.files?.length) name.textContent = event.target.files[0].name;
  });
  for (const [kind, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(kind, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("drop-over", over));
  }
}
