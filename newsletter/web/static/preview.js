/* The mail beside the outline: what is new is loaded behind what is shown, then takes its place. */

const mail = () => document.getElementById("mail-link")?.href;
const now = () => document.getElementById("outline")?.dataset.state;
let shown = mail() + now();

/** The mail of a state of the draft; `then` follows when it is shown. */
export function renew(state, then = () => {}) {
  const frames = document.getElementById("frames");
  const wanted = mail() + state;
  if (!frames || shown === wanted) return then();
  const [old, ...late] = frames.querySelectorAll("iframe");
  for (const one of late) one.remove();
  const next = old.cloneNode();
  const block = document.querySelector(".block:focus-within, .block.open")?.id;
  next.name = "";
  next.src = mail() + (block ? `#${block}` : "");
  next.onload = () => {
    shown = wanted;
    old.remove();
    next.name = old.name;
    then();
  };
  frames.append(next);
}

document.addEventListener("desk:swapped", () => renew(now()));
