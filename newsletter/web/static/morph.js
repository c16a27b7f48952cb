/* What is shown becomes as answered; only what differs is touched: focus, scroll, what is unfolded or typed stay.
   What has data-own is of the scripts. */
import { cameWith, isDirty, put, valueOf } from "./fields.js";

const traits = ({ nodeName, id, name, type, value, className }) => [nodeName, id, name, type, /radio|checkbox/.test(type) && value, className?.baseVal ?? className].join();

function past(own) {
	while (own?.dataset?.own !== undefined) own = own.nextSibling;
	return own;
}

function counterpart(child, inside, at) {
	const same = child.id && document.getElementById(child.id);
	if (child.id) return same?.nodeName === child.nodeName && same.form?.id === child.form?.id && !same.contains(inside) ? same : null;
	for (; at; at = at.nextSibling) if (traits(at) === traits(child)) return at;
	return null;
}

/** `fresh` is used up. */
export function morph(old, fresh) {
	if (old.isEqualNode(fresh) || old.nodeName === "IFRAME" || fresh.dataset?.own !== undefined) return;
	if (!old.attributes) return void (old.data = fresh.data);
	if (old.matches("[data-autosave]") && +fresh.elements.version.value < +old.elements.version.value) return; // it is older
	const field = old.matches("input, select, textarea");
	if (field && isDirty(old) && !old.options) return; // nor what it came with: a save says what it was typed over
	const held = field && (isDirty(old) || old.matches("[data-autosave] :focus")) ? valueOf(old) : null;
	for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !(name === "open" && old.id)) old.removeAttribute(name);
	for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
	let at = past(old.firstChild);
	for (const child of [...fresh.childNodes]) {
		const same = counterpart(child, old, at);
		if (same && same === at) at = past(at.nextSibling);
		else old.insertBefore(same ?? child, at);
		if (same) morph(same, child);
	}
	while (at) [at] = [past(at.nextSibling), at.remove()];
	if (field && valueOf(old) !== (held ?? cameWith(old))) put(old, held ?? cameWith(old));
}
