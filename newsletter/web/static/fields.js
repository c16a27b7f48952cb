/* What a field holds (as it is sent: empty where not ticked), and what the page came with. */

const isTick = (field) => /checkbox|radio/.test(field.type);

export const valueOf = (field) => (isTick(field) && !field.checked ? "" : field.value);

export function cameWith(field) {
	if (field.options) return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? "";
	return isTick(field) ? (field.defaultChecked ? field.value : "") : field.defaultValue;
}

export const isDirty = (field) => valueOf(field) !== cameWith(field);

export function put(field, value) {
	if (isTick(field)) field.checked = value !== "";
	else field.value = value;
}

export function settle(field, value) {
	if (isTick(field)) field.defaultChecked = value !== "";
	else field.defaultValue = value;
}
