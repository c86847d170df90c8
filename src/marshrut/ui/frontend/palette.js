/* Ctrl-K: finds any client, deal, page or command while you type; arrows, Enter, Esc. */

const PAUSE = 90;
let asked = 0;
let timer = 0;

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  document.addEventListener("keydown", (event) => {
    const isCall = (event.key === "k" || event.key === "K" || event.code === "KeyK") && (event.ctrlKey || event.metaKey);
    if (!isCall) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open(dialog, input);
  });
  document.addEventListener("click", (event) => event.target.closest?.("[data-palette]") && open(dialog, input));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  input.addEventListener("input", () => ask(dialog, input.value.trim()));
  input.addEventListener("keydown", (event) => move(event, dialog));
}

function open(dialog, input) {
  if (document.querySelector("dialog[open]:not(#palette)")) return;
  dialog.showModal();
  input.value = "";
  show(dialog, commands(""));
  input.focus();
}

function ask(dialog, query) {
  clearTimeout(timer);
  if (!query) return show(dialog, commands(""));
  timer = setTimeout(async () => {
    const mine = ++asked;
    const found = await fetchResults(dialog.dataset.src, query);
    if (mine === asked && dialog.open) show(dialog, [...commands(query), ...found]);
  }, PAUSE);
}

async function fetchResults(src, query) {
  try {
    const response = await fetch(`${src}?${new URLSearchParams({ q: query })}`, { headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) return [];
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...parsed.body.children];
  } catch {
    return [];
  }
}

/** Pages and commands come from the page itself: the sidebar and the prepared list. */
function commands(query) {
  const template = document.getElementById("palette-commands").content.cloneNode(true);
  const wanted = query.toLowerCase();
  const items = [...template.querySelectorAll(".palette-item")].filter((item) => item.textContent.toLowerCase().includes(wanted));
  const group = document.createElement("div");
  group.append(template.querySelector(".palette-group"), ...items);
  return items.length ? [group] : [];
}

function show(dialog, nodes) {
  const list = dialog.querySelector(".palette-list");
  list.replaceChildren(...nodes);
  items(dialog).forEach((item, index) => {
    item.id = `palette-${index}`;
    item.setAttribute("role", "option");
    item.tabIndex = -1;
  });
  dialog.querySelector("[data-nothing]").hidden = items(dialog).length > 0;
  choose(dialog, 0);
}

function items(dialog) {
  return [...dialog.querySelectorAll(".palette-item")];
}

function choose(dialog, index) {
  const all = items(dialog);
  const at = all.length ? (index + all.length) % all.length : -1;
  all.forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
  all[at]?.scrollIntoView({ block: "nearest" });
  const input = dialog.querySelector("input");
  if (at < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", all[at].id);
}

function move(event, dialog) {
  const all = items(dialog);
  const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(dialog, at + 1);
  else if (event.key === "ArrowUp") choose(dialog, at - 1);
  else if (event.key === "Enter" && all[at]) follow(dialog, all[at], event);
  else return;
  event.preventDefault();
}

function follow(dialog, item, event) {
  dialog.close();
  if (item.dataset.press) document.querySelector(item.dataset.press)?.click();
  else if (event.ctrlKey || event.metaKey) window.open(item.href, "_blank", "noopener");
  else location.assign(item.href);
}
