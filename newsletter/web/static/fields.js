/* What a field holds, beside what the page came with. */

const isTick = (field) => /checkbox|radio/.test(field.type);
const initial = (field) => Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));

/** What is sent of it; empty where it is not ticked. */
export const valueOf = (field) => (isTick(field) && !field.checked ? "" : field.value);

export const cameWith = (field) => (isTick(field) ? (field.defaultChecked ? field.value : "") : field.defaultValue);

export function isDirty(field) {
  return field.options ? field.selectedIndex !== initial(field) : valueOf(field) !== cameWith(field);
}

export function put(field, value) {
  if (isTick(field)) field.checked = value !== "";
  else field.value = value;
}

/** From now on it is as if the page had come with this. */
export function settle(field, value) {
  if (isTick(field)) field.defaultChecked = value !== "";
  else field.defaultValue = value;
}

export function restore(field) {
  if (field.options) field.selectedIndex = initial(field);
  else put(field, cameWith(field));
}
