/* What others do meanwhile, by server-sent events. One stream for a page that is looked at, none for one behind others: a browser
   has six connections to a server. It comes back by itself. */
import { trouble } from "./swap.js";

const ears = [];
const { dataset } = document.documentElement;
let stream = null;
let later = 0;

/** Call a function for each change of a kind. */
export function listen(kind, heard) {
  ears.push([kind, (event) => heard(JSON.parse(event.data))]);
}

function connect() {
  clearTimeout(later);
  const wanted = document.getElementById("live")?.href; // <link id="live" href="/live">
  if (!wanted || document.hidden) return close();
  if (stream?.url === wanted && stream.readyState !== EventSource.CLOSED) return;
  close();
  stream = new EventSource(wanted);
  for (const [kind, heard] of ears) stream.addEventListener(kind, heard);
  stream.onopen = () => (dataset.live = "on");
  stream.onerror = ({ target }) => {
    dataset.live = "off";
    if (target.readyState === EventSource.CLOSED) later = setTimeout(again, 5000 + Math.random() * 5000);
  };
}

/** The stream was refused: because the session is over, or because there are too many. */
async function again() {
  const answer = await fetch("/live", { method: "HEAD" }).catch(() => null);
  if (answer?.redirected) trouble("signed-out");
  else connect();
}

function close() {
  stream?.close();
  stream = null;
}

document.addEventListener("visibilitychange", connect);
document.addEventListener("desk:swapped", connect);
addEventListener("pagehide", close);
addEventListener("pageshow", connect);
later = setTimeout(connect); // when all modules listen
