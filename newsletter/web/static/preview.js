/* The mail beside the outline. It cannot be looked into; so a twin of it (nothing runs there) is measured, and it stands in its
   full height: the scroll is ours. */
import { byId } from "./swap.js";

const mail = () => byId("mail-link")?.href;
const now = () => byId("outline")?.dataset.state;
let shown = "";

/** The mail of a state of the draft; `then` follows when it is shown. */
export function renew(state, then = () => {}) {
	const box = byId("frames");
	const wanted = [mail(), state, box?.clientWidth].join();
	if (!box?.clientWidth || shown === wanted) return then();
	const [old, ...late] = box.querySelectorAll("iframe");
	for (const one of late) one.remove();
	const [next, twin] = [old.cloneNode(), old.cloneNode()];
	let waits = 2;
	const limit = setTimeout(then, 5000);
	next.name = twin.name = "";
	next.src = mail();
	twin.src = `${mail()}&measured=1`;
	twin.sandbox = "allow-same-origin";
	twin.height = "";
	next.onload = twin.onload = () => {
		if (--waits) return;
		clearTimeout(limit);
		const inside = twin.contentDocument;
		if (!inside) return next.remove(), twin.remove(), then(); // no page of ours
		const block = document.querySelector(".block:focus-within, .block.open");
		const said = [...(block?.querySelectorAll("[name=headline], [name=blurb]") ?? [])].map((one) => one.value || one.placeholder);
		const words = (said.find(Boolean) ?? block?.querySelector("h4").textContent)?.match(/[^*_`#[\]\n]{3,40}/)?.[0].trim();
		const place = words && [...inside.querySelectorAll("body *")].findLast((one) => one.textContent.includes(words));
		const { top, bottom } = place ? place.getBoundingClientRect() : {};
		next.height = inside.documentElement.scrollHeight;
		next.name = old.name;
		old.remove();
		twin.remove();
		if (bottom < box.scrollTop || top > box.scrollTop + box.clientHeight) box.scrollTop = top - 20;
		shown = wanted;
		then();
	};
	box.append(next, twin);
}

const again = () => renew(now());
addEventListener("desk:swapped", again);
const box = byId("frames");
if (box) new ResizeObserver(again).observe(box);
