/* What is selected or decided shows at once; the server's list follows. */
import { listen } from "./live.js";
import { byId, isPlain } from "./swap.js";

const rows = () => [...document.querySelectorAll("#queue .story")];
const current = () => document.querySelector("#queue .story[aria-current=true]");
const numberOf = (row) => row?.id.slice(2) ?? "";
const after = { add: "picked", pick: "picked", skip: "skipped", snooze: "snoozed", restore: "new" };
let moved = null; // since an answer was asked for

/** The next row to decide, else the one before. */
function following(row) {
	const all = rows();
	const before = all.splice(0, all.indexOf(row)).reverse();
	return [...all.slice(1), ...before].find((one) => !one.classList.contains("seen"));
}

function select(row, focus) {
	const form = byId("acts");
	if (!row || !form) return false;
	current()?.removeAttribute("aria-current");
	row.setAttribute("aria-current", "true");
	row.append(form);
	form.querySelector("[name=item]").value = numberOf(row); // `item` is a function
	form.elements.following.value = numberOf(following(row));
	const section = form.querySelector("select");
	if (section) section.value = row.dataset.into ?? section.dataset.current;
	for (const link of form.querySelectorAll("[data-open]")) link.href = link.href.replace(/\bitem=\d+/, `item=${numberOf(row)}`);
	form.querySelector("[data-key=o]").href = row.dataset.url;
	if (focus) row.querySelector(".title").focus({ preventScroll: true });
	row.scrollIntoView({ block: "nearest" });
	return true;
}

function step(by) {
	const { activeElement } = document;
	if (activeElement.closest("#outline")) {
		const stops = [...document.querySelectorAll("#outline [data-stop]")];
		const here = stops.findIndex((one) => one.closest(".block, header").contains(activeElement));
		return stops[Math.max(0, here + by)]?.focus();
	}
	if (!by) return current()?.querySelector(".pick input").click();
	const all = rows();
	const next = all[all.indexOf(current()) + by];
	if (next && !select(next, true)) next.querySelector(".title").click();
	moved = next?.id;
}

addEventListener("click", (event) => {
	const { target } = event;
	if (target.dataset?.step) step(Number(target.dataset.step));
	const row = target.closest?.("#queue .story .title")?.parentElement;
	if (!row || !isPlain(event) || !select(row)) return;
	moved = row.id;
	event.preventDefault();
}, true);

addEventListener("submit", (event) => {
	const form = event.target;
	const state = after[event.submitter?.value];
	if (!event.defaultPrevented || !state || !form.matches("#acts, #picked")) return;
	const one = form.closest(".story");
	const next = one && byId(`s-${form.elements.following.value}`);
	for (const row of one ? [one] : rows().filter((row) => row.querySelector(".pick :checked"))) {
		row.dataset.state = state;
		row.classList.add("seen", "going");
	}
	if (next) select(next, true);
	moved = null;
});

addEventListener("change", ({ target }) => {
	if (target.id === "to-one" && !target.closest(".story").dataset.into) target.dataset.current = target.value;
});

addEventListener("keydown", (event) => {
	const { enter } = event.target.dataset;
	if (!enter || event.key !== "Enter") return;
	event.preventDefault();
	event.target.form.querySelector(enter).click();
});

addEventListener("desk:swapped", ({ detail: { parts } }) => {
	if (!parts.some((part) => ["#queue", "#main", "body"].includes(part))) return;
	const row = byId(moved) ?? current();
	moved = null;
	select(row);
});

listen("arrived", ({ count }) => {
	const link = byId("arrived");
	const said = link?.dataset.text.replace("{n}", count.toLocaleString(document.documentElement.lang));
	if (!link || (link.hidden === !count && link.textContent === said)) return; // it is read out
	link.textContent = said;
	link.hidden = !count;
});
