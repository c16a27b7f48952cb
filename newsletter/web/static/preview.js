/* The mail beside the outline: what is new is loaded behind what is shown, then takes its place. */

const key = () => `${document.getElementById("mail-link")?.href} ${document.getElementById("outline")?.dataset.state}`;
let shown = key();

function renew() {
  const frames = document.getElementById("frames");
  const now = key();
  if (!frames || shown === now) return;
  const [old, ...late] = frames.querySelectorAll("iframe");
  for (const one of late) one.remove();
  const next = old.cloneNode();
  const block = document.querySelector(".block:focus-within, .block.open")?.id;
  next.name = "";
  next.src = document.getElementById("mail-link").href + (block ? `#${block}` : "");
  next.onload = () => {
    shown = now;
    old.remove();
    next.name = old.name;
  };
  frames.append(next);
}

document.addEventListener("desk:swapped", renew);
