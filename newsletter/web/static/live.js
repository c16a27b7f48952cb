/* What others do meanwhile. One stream for a page that is looked at, none for one behind: a browser has six connections to a server. */
import { ask, byId } from "./swap.js";

const ears = [];
const { dataset } = document.documentElement;
let stream = null;
let later = 0;

export function listen(kind, heard) {
  ears.push([kind, (event) => heard(JSON.parse(event.data))]);
}

function connect() {
  clearTimeout(later);
  const wanted = byId("live")?.href;
  if (!wanted || document.hidden) return close();
  if (stream?.url === wanted && stream.readyState !== EventSource.CLOSED) return;
  close();
  stream = new EventSource(wanted);
  for (const [kind, heard] of ears) stream.addEventListener(kind, heard);
  stream.onopen = () => (dataset.live = "on");
  stream.onerror = ({ target }) => {
    dataset.live = "off";
    if (target.readyState !== EventSource.CLOSED) return;
    ask(location.href, ["#live"]); // perhaps the session is over, perhaps there are too many
    later = setTimeout(connect, 5000 + Math.random() * 5000);
  };
}

function close() {
  stream?.close();
  stream = null;
}

addEventListener("visibilitychange", connect);
addEventListener("desk:swapped", connect);
addEventListener("pagehide", close);
addEventListener("pageshow", connect);
later = setTimeout(connect); // when all listen
