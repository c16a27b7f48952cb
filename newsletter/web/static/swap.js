/* A form or link with data-swap="#a #b" (or in one) is sent by fetch, and those parts become as answered; "": the plain way. */
import { cameWith, put, settle, valueOf } from "./fields.js";
import { morph } from "./morph.js";

export const byId = (id) => document.getElementById(id);

export const line = []; // what is done, then what is looked at
const pathOf = ({ pathname, search }) => pathname + search;
let shown = pathOf(location);
let reading;

function announce(text) {
	const status = byId("status");
	status.textContent = "";
	requestAnimationFrame(() => (status.textContent = text));
}

/** A sentence about us, not about the work. */
export function trouble(kind) {
	const bar = byId("trouble");
	bar.hidden = !kind;
	for (const one of bar.children) one.hidden = one.dataset.kind !== kind;
}

export const partsOf = (element) => element.closest("[data-swap]")?.dataset.swap.match(/\S+/g) ?? [];

export const isPlain = (click) => !(click.defaultPrevented || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey);

addEventListener("submit", (event) => {
	const { target: form, submitter: button } = event;
	const parts = partsOf(button ?? form);
	if (event.defaultPrevented || !parts.length) return;
	event.preventDefault();
	const all = new FormData(form, button);
	const sent = form.enctype === "multipart/form-data" ? all : new URLSearchParams(all);
	if (form.method === "post") return ask(form.action, parts, { body: sent, sent, form, push: false });
	const url = new URL(form.action);
	url.search = sent;
	ask(url.href, parts, { sent, form, push: true });
});

addEventListener("click", (event) => {
	const link = event.target.closest("a[href]");
	const parts = link && isPlain(event) ? partsOf(link) : [];
	if (!parts.length || link.target || link.origin !== location.origin || link.getAttribute("href")[0] === "#") return;
	event.preventDefault();
	ask(link.href, parts, { push: true });
});

/** `body`: a post, which waits for posts only: a read gives way, and is asked again. `sent`: what was typed in `form`; `push`: the address
   becomes that of the answer, as a step back or not. */
export function ask(url, parts, more = {}) {
	const [first] = line;
	line.splice(more.body ? line.findLastIndex((one) => one.body) + 1 : line.length, 0, { url, parts, ...more });
	if (!first) work();
	else if (first !== line[0]) reading.abort();
}

async function work() {
	for (let now; (now = line[0]); now === line[0] && line.shift()) await send(now).catch(reportError);
}

async function send(now) {
	const { url, parts, body, sent, form, push } = now;
	const later = (other) => other !== now && (!body || other.body || other.push);
	const left = () => parts.filter((part) => !line.some((other) => later(other) && other.parts.includes(part)));
	const wanted = left().join(" ");
	if (push == null && !body && !wanted) return;
	let answer, html;
	reading = new AbortController();
	const signal = body ? null : AbortSignal.any([reading.signal, AbortSignal.timeout(20000)]);
	const keepalive = body instanceof URLSearchParams && `${body}`.length < 5000;
	try {
		answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { "x-swap": wanted || "none" }, signal, keepalive });
		html = await answer.text();
	} catch {
		return now === line[0] && trouble("offline");
	}
	const there = new URL(answer.url);
	if (answer.status === 401 || there.pathname === "/signin") return trouble("signed-out");
	trouble("");
	if (push != null) {
		const isNew = shown !== pathOf(there);
		shown = pathOf(there);
		there.hash = (push && new URL(url).hash) || location.hash;
		history[push && isNew ? "pushState" : "replaceState"](null, "", there);
	}
	if (answer.ok && !left().length) return;
	if (!answer.headers.get("content-type")?.startsWith("text/html")) return announce(html), trouble("refused");
	const page = new DOMParser().parseFromString(html, "text/html");
	const said = page.querySelector(".said")?.textContent;
	for (const one of answer.ok && !page.querySelector(".said.is-error") && form ? form.elements : []) {
		const value = valueOf(one);
		if (one.type === "submit" || !sent.getAll(one.name).some((was) => was === value || was.name)) continue; // it was typed since
		body ? put(one, cameWith(one)) : settle(one, value);
	}
	const found = left().filter((part) => page.querySelector(part) && document.querySelector(part));
	if (found.length) replace(page, found);
	else if (push != null) replace(page, ["body"]); // a conflict, a refusal
	if (said) announce(said);
}

function come({ persisted }) {
	if (!persisted && shown === pathOf(location)) return; // only the pane, by its #
	shown = pathOf(location);
	ask(location.href, ["#main"]);
}

addEventListener("pagehide", () => line.splice(1).forEach(({ url, body }) => body && navigator.sendBeacon(url, body)));
addEventListener("popstate", come);
addEventListener("pageshow", ({ persisted }) => come({ persisted: persisted || /back/.test(performance.getEntriesByType("navigation")[0].type) })); // old

function replace(page, parts) {
	document.title = page.title;
	const was = document.activeElement;
	const around = [];
	for (let one = was; one; one = one.parentElement) if (one.id) around.push(one.id);
	const begun = new Set(document.querySelectorAll("[autofocus]"));
	for (const part of parts) morph(document.querySelector(part), page.querySelector(part));
	if (!document.querySelector(":target") && byId(location.hash.slice(1))) {
		const tops = [...document.querySelectorAll(".pane, html")].map((pane) => [pane, pane.scrollTop]);
		location.replace(location.hash); // or a narrow window would show another tab
		for (const [pane, top] of tops) pane.scrollTop = top;
	}
	const head = parts[0] === "body" && document.querySelector("h1");
	if (head) head.tabIndex = -1;
	const opened = head || [...document.querySelectorAll("[autofocus]")].find((one) => !begun.has(one));
	const near = byId(around.find((id) => byId(id)));
	const next = opened ?? (was.isConnected ? was : near?.querySelector("[data-stop]") ?? near?.querySelector("a[href], button") ?? near);
	next?.focus({ preventScroll: next !== opened });
	if (opened?.type === "text") opened.select();
	dispatchEvent(new CustomEvent("desk:swapped", { detail: { parts } }));
}
