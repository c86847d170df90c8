/* Menus are native popovers (they survive a refresh of their region); this only puts them beside their button. */

let opener = null;

/** The button that opened the menu in sight: one menu may serve a whole list. */
export function menuOpener() {
  return opener;
}

export function startMenus() {
  document.addEventListener("click", (event) => (opener = event.target.closest?.("[popovertarget]") ?? opener), true);
  document.addEventListener("toggle", (event) => place(event), true);
  document.addEventListener("click", (event) => {
    event.target.closest?.("[popover].menu .menu-item:not([data-stay])")?.closest("[popover]").hidePopover();
    toggleDrawer(event);
    closePanel(event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.classList.remove("drawer-open");
    if (event.target.closest?.("[popover].menu") && ["ArrowDown", "ArrowUp"].includes(event.key)) walk(event);
  });
}

function place(event) {
  const menu = event.target;
  if (!menu.matches?.("[popover].menu")) return;
  const button = opener?.getAttribute("popovertarget") === menu.id ? opener : null;
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open" || !button) return;
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + 4 + size.height < innerHeight;
  const left = Math.min(Math.max(8, menu.dataset.align === "start" ? from.left : from.right - size.width), innerWidth - size.width - 8);
  Object.assign(menu.style, {
    position: "fixed", inset: "auto", margin: "0", left: `${left}px`,
    top: `${below ? from.bottom + 4 : Math.max(8, from.top - 4 - size.height)}px`,
  });
  menu.querySelector(".menu-item")?.focus();
}

function walk(event) {
  event.preventDefault();
  const items = [...event.target.closest("[popover]").querySelectorAll(".menu-item")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
}

function toggleDrawer(event) {
  const body = document.body.classList;
  if (event.target.closest?.("[data-drawer]")) body.toggle("drawer-open");
  else if (body.contains("drawer-open") && (!event.target.closest?.(".sidebar") || event.target.closest("a, .search-open"))) body.remove("drawer-open");
}

function closePanel(event) {
  if (!event.target.closest?.("[data-panel-close]")) return;
  const panel = event.target.closest(".panel");
  panel.classList.remove("panel-open");
  panel.replaceChildren();
  for (const row of document.querySelectorAll("[data-row][aria-current]")) row.removeAttribute("aria-current");
}
