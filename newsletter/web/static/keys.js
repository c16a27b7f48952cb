/* Single keys. data-key="a" on a link, button or field, or several with commas: "3,x"; after g: "g d"; with Alt: "Alt+ArrowUp".
   Off in fields, and with the switch in the help (?), which lists what the page has. */

const called = new Map();
let after = "";

/** A key without an element of its own; `says` for the help. The function returns false where it does not apply. */
export function on(key, says, does) {
  called.set(key, { says, does });
}

export const inField = (element) =>
  element?.isContentEditable || (element?.matches?.("input, textarea, select") && !/^(checkbox|radio|button|submit)$/.test(element.type));

const keysOf = (element) => element.dataset.key.split(",");
const usable = (element) => !element.disabled && (element.checkVisibility() || element.closest(".tabs"));

/** The element of a key: of the block one is at, for what is ticked, of the selected row, of the pane, before all others. */
export function find(key) {
  const all = [...document.querySelectorAll("[data-key]")].filter((one) => keysOf(one).includes(key) && usable(one));
  const at = (area) => all.find((one) => document.activeElement.closest(area)?.contains(one));
  return at(".block, .section") ?? all.find((one) => one.closest(".ticked")) ?? all.find((one) => one.closest("[aria-current=true]")) ?? at(".pane") ?? all[0];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (inField(event.target)) {
    const close = event.key === "Escape" && event.target.closest(".over, .block.open")?.querySelector("[data-close]");
    if (close) close.focus(), close.click();
    else if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const single = event.key.length === 1 && !event.altKey;
  if (single && document.documentElement.dataset.keys === "off") return;
  if (single && event.target.closest?.("[role=menu], [role=listbox]")) return;
  const key = (after && single ? `${after} ` : "") + (event.altKey ? "Alt+" : "") + event.key;
  after = "";
  if (key === "g") {
    after = "g";
    return;
  }
  if (key === "?") return help(), event.preventDefault();
  const element = find(key);
  if (element) {
    event.preventDefault();
    const folded = element.matches("summary") && element.parentElement;
    if (folded) folded.open = true;
    const field = folded ? folded.querySelector("input:not([type=hidden]), textarea") : element;
    if (inField(field)) field.focus(), field.select?.();
    else field.click();
    return;
  }
  if (called.has(key) && called.get(key).does(event) !== false) event.preventDefault();
});

function sayings() {
  const rows = new Map([...called].map(([key, { says }]) => [says(), [key]]).filter(([says]) => says));
  for (const one of document.querySelectorAll("[data-key]:not([hidden])")) {
    const copy = one.cloneNode(true);
    for (const hint of copy.querySelectorAll("kbd, .vh, .count")) hint.remove();
    const says = one.dataset.says ?? one.getAttribute("aria-label") ?? (one.placeholder || copy.textContent.trim());
    if (says && !rows.has(says)) rows.set(says, keysOf(one));
  }
  return rows;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const rows = [...sayings()].map(([says, keys]) => {
    const row = document.createElement("tr");
    const key = row.appendChild(document.createElement("th"));
    key.scope = "row";
    for (const one of keys) for (const part of one.split(" ")) key.appendChild(document.createElement("kbd")).textContent = part.replace("Arrow", "");
    row.appendChild(document.createElement("td")).textContent = says;
    return row;
  });
  dialog.querySelector("tbody").replaceChildren(...rows);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) event.preventDefault(), help();
  const dialog = event.target.closest("dialog");
  if (dialog && event.target === dialog) dialog.close(); // beside it
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  document.documentElement.dataset.keys = event.target.checked ? "on" : "off";
  fetch(event.target.form.action, { method: "POST", body: new URLSearchParams(new FormData(event.target.form)) });
});
