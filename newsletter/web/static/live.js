/* What others do meanwhile, by server-sent events: `listen("arrived", (value) => …)`. One stream for a page that is
   looked at, none for one behind others: a browser has six connections to a server. It comes back by itself. */
import { trouble } from "./swap.js";

const ears = new Map();
const last = new Map();
let stream = null;
let asked = "";
let later = 0;

/** Call a function for each change of a kind, and now where it is known. */
export function listen(kind, heard) {
  const known = ears.has(kind);
  ears.set(kind, [...(ears.get(kind) ?? []), heard]);
  if (stream && !known) hear(kind);
  if (last.has(kind)) heard(last.get(kind));
}

function hear(kind) {
  stream.addEventListener(kind, (event) => {
    const value = JSON.parse(event.data);
    last.set(kind, value);
    for (const heard of ears.get(kind) ?? []) heard(value);
  });
}

function connect() {
  clearTimeout(later);
  const wanted = document.getElementById("live")?.href; // <link id="live" href="/live">
  if (!wanted || document.hidden) return close();
  if (stream && asked === wanted && stream.readyState !== EventSource.CLOSED) return;
  close();
  asked = wanted;
  stream = new EventSource(wanted);
  for (const kind of ears.keys()) hear(kind);
  stream.addEventListener("open", () => document.documentElement.setAttribute("data-live", "on"));
  stream.addEventListener("error", () => {
    document.documentElement.setAttribute("data-live", "off");
    if (stream?.readyState === EventSource.CLOSED) later = setTimeout(again, 5000 + Math.random() * 5000);
  });
}

/** The stream was refused: because the session is over, or because there are too many. */
async function again() {
  try {
    const answer = await fetch("/live", { method: "HEAD" });
    if (answer.status === 401 || new URL(answer.url).pathname === "/signin") return trouble("signed-out");
  } catch {
    /* not there: it will be */
  }
  connect();
}

function close() {
  stream?.close();
  stream = null;
}

document.addEventListener("visibilitychange", connect);
document.addEventListener("desk:swapped", connect);
addEventListener("pagehide", close);
addEventListener("pageshow", connect);
connect();
