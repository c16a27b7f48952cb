/* An issue that goes out: its figures anew with each piece of news, and the seconds in which it can be taken back. */
import { visit } from "./swap.js";
import { listen } from "./live.js";

let last = 0;
let later = 0;

function again() {
  if (!document.querySelector("[data-watch]")) return;
  clearTimeout(later);
  later = setTimeout(() => {
    last = Date.now();
    visit(location.href, ["#now"], { remember: false });
  }, Math.max(0, last + 1000 - Date.now()));
}

listen("sending", again);

let began = null;
setInterval(() => {
  const now = document.querySelector("#now[data-until]");
  if (!now) return void (began = null);
  began ??= { left: now.dataset.until - now.dataset.now, at: performance.now() };
  const left = Math.ceil(began.left - (performance.now() - began.at) / 1000);
  const line = now.querySelector("[data-seconds]");
  if (line && left >= 0) line.textContent = left;
  if (left < 0) again();
}, 500);
