/* A form with data-autosave saves by itself; what is not saved is kept in this browser. */
import { cameWith, isDirty, put, settle, valueOf } from "./fields.js";
import { renew } from "./preview.js";
import { ask, byId, trouble } from "./swap.js";

const PAUSE = 200; // ms
const pane = () => byId("outline");
const forms = () => document.querySelectorAll("[data-autosave]");
const keptAs = (form) => `desk ${pane()?.dataset.user} ${new URL(form.action).pathname}`;
const texts = "[name]:not([type=hidden], button, [data-not-text])";
const refresh = () => ask("", ["#outline", "#preview", "#tabs"]);
const dirty = (form) => [...form.elements].filter((one) => one.matches(texts) && isDirty(one));
const of = (form) => (form.saving ??= {});

function tell(kind, clock = "") {
	const line = byId("saved");
	if (line) line.textContent = (line.dataset[kind] ?? "").replace("#", clock);
}

function keep(form) {
	const left = dirty(form).map((one) => [one.name, valueOf(one)]);
	try {
		if (left.length) localStorage.setItem(keptAs(form), JSON.stringify({ at: Date.now(), left }));
		else if (of(form).kept) localStorage.removeItem(keptAs(form)); // not another window's
		of(form).kept = left.length > 0;
	} catch {
		/* too much */
	}
}

/** Resolves when all that is typed has been sent, or could not be. */
function save(form) {
	const state = of(form);
	clearTimeout(state.timer);
	state.again = true;
	return (state.busy ??= (async () => {
		for (; state.again && !state.met; await once(form, state)) state.again = false;
		state.busy = null;
		keep(form);
	})());
}

async function once(form, state) {
	const changed = dirty(form);
	if (!changed.length) return;
	const together = changed.flatMap((one) => [...(one.closest("fieldset")?.elements ?? [one])]);
	const sent = new Map(together.map((one) => [one, valueOf(one)]));
	const body = new URLSearchParams();
	for (const [field, value] of sent) body.set(field.name, value), body.set(`was_${field.name}`, cameWith(field));
	let answer, said, out;
	tell("saving");
	try {
		answer = await fetch(form.action, { method: "POST", body, headers: { "x-autosave": "1" }, keepalive: `${body}`.length < 60000 });
		out = answer.status === 401;
		said = out ? {} : await answer.json();
	} catch {
		state.timer = setTimeout(save, 4000, form);
		return tell("failed");
	}
	trouble(out ? "signed-out" : "");
	form.querySelector("[data-why]")?.remove();
	if (said.why) notice(form, "why").textContent = said.why;
	if (answer.status === 409) meet(form, state, said);
	if (!answer.ok) return tell(out ? "failed" : "");
	form.elements.version.value = said.version;
	for (const [field, value] of sent) settle(field, value);
	pane().dataset.state = pane().saved = said.state;
	tell("saved", said.clock);
	renew(said.state, refresh);
}

function notice(form, name) {
	const made = byId("notices").content.querySelector(`[data-${name}]`).cloneNode(true);
	form.prepend(made);
	return made;
}

/** Another text for a form: one takes it, or keeps what is there. */
function offer(form, name, other, then) {
	const made = notice(form, name);
	made.onclick = ({ target: { value } }) => {
		if (value === "copy") navigator.clipboard?.writeText(dirty(form).map(valueOf).join("\n\n"));
		if (value !== "take" && value !== "mine") return;
		for (const [field, text] of other) if (value === "take" && form.elements[field]) put(form.elements[field], text);
		made.remove();
		then();
		save(form);
	};
	return made;
}

/** Somebody else saved the same field. */
function meet(form, state, { theirs, shown, version }) {
	state.met = true;
	const made = offer(form, "both", Object.entries(theirs), () => {
		for (const [name, text] of Object.entries(theirs)) settle(form.elements[name], text);
		form.elements.version.value = version;
		state.met = false;
		refresh();
	});
	made.querySelector("dl").innerHTML = shown;
}

addEventListener("input", ({ target }) => {
	const form = target.form;
	if (!form?.matches("[data-autosave]")) return;
	keep(form);
	clearTimeout(of(form).timer);
	of(form).timer = setTimeout(save, PAUSE, form);
});

/* By hand: after what was typed is saved, so that it never meets itself. */
addEventListener("submit", (event) => {
	const form = event.target;
	const state = form.matches("[data-autosave]") && of(form);
	if (!state || state.passes || !(state.busy || dirty(form).length)) return;
	event.preventDefault();
	event.stopImmediatePropagation();
	save(form).then(() => {
		state.passes = true;
		if (!state.met) form.requestSubmit(event.submitter);
		state.passes = false;
	});
}, true);

addEventListener("click", ({ target }) => {
	if (target.closest("a[href], button")) for (const form of forms()) if (!form.contains(target)) save(form);
}, true);

function begin() {
	for (const form of forms()) {
		const kept = JSON.parse(localStorage.getItem(keptAs(form)) ?? "null");
		const left = kept?.left.filter(([name, value]) => form.elements[name] && valueOf(form.elements[name]) !== value);
		if (!left?.length || of(form).kept || form.querySelector("[data-own]")) continue;
		const made = offer(form, "left", left, () => (of(form).kept = true));
		made.querySelector("[data-when]").textContent = new Date(kept.at).toLocaleString();
	}
}

document.documentElement.dataset.script = "";
addEventListener("desk:swapped", begin);
addEventListener("online", () => forms().forEach(save));
begin();
