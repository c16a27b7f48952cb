/* A grip drags its block or section; Escape or a second finger puts it back. */
import { ask, partsOf } from "./swap.js";

let over = new AbortController(); // of a drag

addEventListener("pointerdown", (down) => {
	over.abort();
	const grip = down.target.closest?.("[data-grip]");
	if (!grip || down.button) return;
	down.preventDefault();
	over = new AbortController();
	const kind = `.${grip.dataset.grip}`;
	const isBlock = kind === ".block";
	const pane = grip.closest(".pane");
	const moved = grip.closest(kind);
	const mark = document.createElement(isBlock ? "li" : "div");
	const when = { signal: over.signal, capture: true };
	let place = null;

	over.signal.onabort = () => {
		mark.remove();
		moved.classList.remove("dragged");
	};
	addEventListener("pointermove", ({ clientY: y }) => {
		mark.className = "drop";
		moved.classList.add("dragged");
		const { top, bottom } = pane.getBoundingClientRect();
		pane.scrollTop += y < top + 60 ? -12 : y > Math.min(bottom, innerHeight) - 60 ? 12 : 0;
		const lists = pane.querySelectorAll(isBlock ? "[data-drop]" : ".outline");
		const list = [...lists].findLast((one) => one.closest(".section, .outline").getBoundingClientRect().top <= y) ?? lists[0];
		const others = [...list.querySelectorAll(kind)].filter((one) => one !== moved);
		const next = others.find((one) => y < one.getBoundingClientRect().top + one.offsetHeight / 2);
		const to = 1 + (next ? others.indexOf(next) : others.length);
		place = isBlock ? { section: list.dataset.drop, to } : { place: to };
		if (next) next.before(mark);
		else if (others.length) others.at(-1).after(mark);
		else list.append(mark);
	}, when);
	addEventListener("pointerup", () => {
		over.abort();
		const { action, elements } = moved.querySelector(".moves, [data-autosave]");
		const body = new URLSearchParams({ ...place, do: "place", view: elements.view.value, version: pane.dataset.version });
		if (place) ask(action, partsOf(pane), { body, push: false });
	}, when);
	addEventListener("pointercancel", () => over.abort(), when);
	addEventListener("keydown", (event) => {
		if (event.key === "Escape") event.stopPropagation(), over.abort();
	}, when);
}, true);
