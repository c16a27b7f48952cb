/* While lines are typed into #lines, how each is understood stands beside them. Without this, “Read first” does it. */

import { announce } from "./swap.js";

const PAUSE = 250; // milliseconds without a key
const parser = new DOMParser();
let waiting = 0;
let asking = null;

document.addEventListener("input", (event) => {
  if (event.target.id !== "lines") return;
  clearTimeout(waiting);
  waiting = setTimeout(read, PAUSE, event.target);
});

async function read(field) {
  asking?.abort();
  asking = new AbortController();
  const place = document.getElementById("reading");
  if (!place || !field.isConnected) return;
  try {
    const answer = await fetch("/calendar/reading", {
      method: "POST",
      body: new URLSearchParams({ lines: field.value }),
      signal: asking.signal,
      redirect: "error",
    });
    if (!answer.ok) return; // the button says why
    const fresh = parser.parseFromString(await answer.text(), "text/html").querySelector("[data-add]");
    if (!fresh) return;
    place.replaceChildren(fresh);
    const add = field.form?.querySelector("button[value=add]");
    if (add) add.textContent = fresh.dataset.add;
    announce(fresh.querySelector("h2").textContent);
  } catch {
    // offline, or a newer line: what was typed is in its field, and the button works
  }
}
