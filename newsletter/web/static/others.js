/* Who else is here, and what they changed. */
import { listen } from "./live.js";

const pane = () => document.getElementById("outline");
let heard = [];
let at = null;

/** The numbers of a state grow from left to right: ours may be newer than what we hear. */
function isNewer(theirs, ours) {
  const place = theirs.findIndex((number, which) => number !== ours[which]);
  return place >= 0 && theirs[place] > ours[place];
}

function changed() {
  const line = document.getElementById("changed");
  if (line) line.hidden = !isNewer(heard, pane().dataset.state.split(" ").map(Number));
}

listen("issue", (drafts) => {
  heard = drafts[pane()?.dataset.issue] ?? [];
  setTimeout(changed, 1500); // our own answer may be on its way
});

listen("presence", (all) => {
  const others = all.filter((one) => `${one.issue}` === pane()?.dataset.issue && `${one.user}` !== pane().dataset.user);
  for (const line of document.querySelectorAll("[data-one]")) {
    const who = new Set(others.filter((one) => `${one.block}` === (line.dataset.present ?? `${one.block}`)).map((one) => one.who));
    line.hidden = !who.size;
    line.textContent = line.dataset.one.replace("#", [...who].join(", "));
  }
});

function here(gone) {
  const form = document.getElementById("presence");
  const block = form && !document.hidden && gone !== true ? (document.querySelector(".block.open")?.dataset.block ?? "0") : null;
  const say = (more) => navigator.sendBeacon(at.url, new URLSearchParams(more));
  if (at && at.block !== block) say({ block: at.block, gone: 1 });
  at = block === null ? null : { block, url: form.action };
  if (at) say({ block });
}

document.addEventListener("desk:swapped", () => (changed(), here()));
document.addEventListener("visibilitychange", here);
addEventListener("pagehide", () => here(true));
setInterval(here, 15000);
here();
