/* Who else is here, and their changes. */
import { listen } from "./live.js";
import { byId, line } from "./swap.js";

const pane = () => byId("outline");
let heard = [];
let at; // what we said last

/** A later state of a draft is greater. */
const ranked = (state) => state.map((number) => `${number}`.padStart(9)).join();

function changed() {
	const told = byId("changed");
	const waits = line.length || [...document.forms].some((form) => form.saving?.busy); // for our own answer
	if (told) told.hidden = waits || ranked(heard) <= ranked(pane().dataset.state.split(" ")) || heard.join(" ") === pane().saved;
}

listen("issue", (drafts) => {
	heard = drafts[pane()?.dataset.issue] ?? [];
	setTimeout(changed, 1500);
});

listen("presence", (all) => {
	const others = all.filter((one) => one.issue == pane()?.dataset.issue && one.user != pane().dataset.user);
	for (const told of document.querySelectorAll("[data-one]")) {
		const who = new Set(others.filter((one) => one.block == (told.dataset.present ?? one.block)).map((one) => one.who));
		told.hidden = !who.size;
		told.textContent = told.dataset.one.replace("#", [...who].join(", "));
	}
});

function here(gone) {
	const form = byId("presence");
	const now = form && !document.hidden && gone !== true ? [form.action, document.querySelector(".block.open")?.dataset.block ?? "0"] : null;
	const say = ([url, block], over) => navigator.sendBeacon(url, new URLSearchParams({ block, gone: over }));
	if (at && at.join() !== now?.join()) say(at, 1);
	if ((at = now)) say(at, 0);
}

addEventListener("desk:swapped", () => (setTimeout(changed), here()));
addEventListener("visibilitychange", here);
addEventListener("pagehide", () => here(true));
setInterval(here, 15000);
here();
