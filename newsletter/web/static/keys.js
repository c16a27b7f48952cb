/* data-key="a" on what a key presses, or "3,x"; after g: "g d"; "Alt+ArrowUp". Single keys are off in fields, and by a switch in the
   help (?). */

let after = "";

const isField = (element) => element.matches?.("input, textarea, select") && !/^(checkbox|radio|button|submit)$/.test(element.type);

/** Of the block one is at, what is ticked, the selected row, the pane, before others. */
function find(key) {
	const at = (area) => (one) => document.activeElement.closest(area)?.contains(one);
	const usable = (one) => !one.disabled && (one.closest(".tabs") || one.checkVisibility()) && (!one.closest(".moves") || at(".block, .section")(one));
	const all = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key.split(",").includes(key) && usable(one));
	const within = (area) => (one) => one.closest(area);
	return [at(".block, .section"), within(".ticked"), within("[aria-current=true]"), at(".pane"), Boolean].map((fits) => all.find(fits)).find(Boolean);
}

addEventListener("keydown", (event) => {
	const { target, altKey } = event;
	if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
	if (isField(target)) {
		const close = event.key === "Escape" && target.closest(".over, .block.open")?.querySelector("[data-close]");
		if (close) close.focus(), close.click();
		else if (event.key === "Escape") target.blur();
		return;
	}
	const single = event.key.length === 1 && !altKey;
	if (document.querySelector(single ? "dialog[open], #keys[data-keys=off]" : "dialog[open]")) return;
	const key = (single ? after : "") + (altKey ? "Alt+" : "") + event.key;
	after = key === "g" ? "g " : "";
	const element = find(key);
	if (!element && key !== "?") return;
	event.preventDefault();
	if (key === "?") return help();
	const folded = element.matches("summary") && element.parentElement;
	if (folded) folded.open = true;
	const pressed = folded ? folded.querySelector("input:not([type=hidden]), textarea") : element;
	if (isField(pressed)) pressed.focus(), pressed.select?.();
	else pressed.click();
});

const saidOf = ({ dataset, ariaLabel, placeholder, firstChild }) => dataset.says ?? ariaLabel ?? (placeholder || firstChild?.textContent.trim());

function help() {
	const dialog = document.getElementById("keys");
	const keys = new Map();
	for (const one of document.querySelectorAll("[data-key]:not([hidden], .moves button)")) keys.set(saidOf(one), keys.get(saidOf(one)) ?? one.dataset.key);
	const body = dialog.querySelector("tbody");
	body.innerHTML = "";
	for (const [text, key] of keys) {
		const row = body.insertRow();
		row.innerHTML = `<th scope="row">${key.replace("Arrow", "").replace(/[^ ,]+/g, "<kbd>$&</kbd>").replaceAll(",", "")}</th><td></td>`;
		row.lastChild.textContent = text;
	}
	dialog.showModal();
}

addEventListener("click", (event) => {
	if (event.target.closest("[data-help]")) event.preventDefault(), help();
});
