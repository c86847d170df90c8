/* Settings: hours of one day are copied to the others of its kind; a slider says where it stands. */

const WORKING = ["day0", "day1", "day2", "day3", "day4"];
const WEEKEND = ["day5", "day6"];

export function startSettings() {
  document.addEventListener("input", (event) => {
    const said = document.getElementById(event.target.dataset?.says ?? "");
    if (said) said.value = event.target.value;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy-day]");
    if (button) copyDay(button.closest("form"), button.dataset.copyDay);
  });
}

function copyDay(form, name) {
  const alike = WORKING.includes(name) ? WORKING : WEEKEND;
  for (const other of alike) form.elements[other].value = form.elements[name].value;
  form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
}
