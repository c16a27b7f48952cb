/* data-markdown="/where": pasted HTML becomes Markdown. data-reads="/where": what is typed is read in a pause. */
import { ask, partsOf } from "./swap.js";

let waiting = 0;

addEventListener("paste", async (event) => {
	const field = event.target;
	const html = event.clipboardData?.getData("text/html") ?? "";
	if (!field.matches?.("[data-markdown]") || !/<(a|b|strong|i|em|[uo]l|h\d|blockquote|s|del)\b/i.test(html)) return;
	event.preventDefault();
	const plain = event.clipboardData.getData("text/plain");
	const answer = await fetch(field.dataset.markdown, { method: "POST", body: new URLSearchParams({ html }) }).catch(() => {});
	field.focus();
	document.execCommand("insertText", false, answer?.ok ? await answer.text() : plain); // so that it can be undone
});

addEventListener("input", ({ target: { dataset, form }, target }) => {
	if (!dataset.reads) return;
	clearTimeout(waiting);
	waiting = setTimeout(() => ask(dataset.reads, partsOf(target), { body: new URLSearchParams(new FormData(form)) }), 250);
});
