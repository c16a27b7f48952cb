/* What others do. One stream for a page that is looked at, none for one behind: a browser has six connections. */
import { ask, byId } from "./swap.js";

const ears = [];
const { dataset } = document.documentElement;
let stream, later;

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
		ask(location.href, ["#live"]); // is the session over?
		later = setTimeout(connect, 5000 + Math.random() * 5000);
	};
}

const close = () => (stream = void stream?.close());

addEventListener("visibilitychange", connect);
addEventListener("desk:swapped", connect);
addEventListener("pagehide", close);
addEventListener("pageshow", connect);
later = setTimeout(connect); // when all listen
