/* An issue that goes out: its figures anew with each piece of news, and the seconds in which it can be taken back. */
import { listen } from "./live.js";
import { ask } from "./swap.js";

let began = null;
const again = () => document.querySelector("[data-watch]") && ask(location.href, ["#now"]);

listen("sending", again);

setInterval(() => {
  const now = document.querySelector("#now[data-until]");
  if (!now) return void (began = null);
  began ??= { left: now.dataset.until - now.dataset.now, at: performance.now() };
  const left = Math.ceil(began.left - (performance.now() - began.at) / 1000);
  if (left < 0) return again();
  now.querySelector("[data-seconds]").textContent = left;
}, 500);
