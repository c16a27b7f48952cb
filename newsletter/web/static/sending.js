/* An issue that goes out: its figures, with each piece of news, and each second while it can be taken back. */
import { listen } from "./live.js";
import { ask } from "./swap.js";

const again = (where) => document.querySelector(where) && ask(location.href, ["#now"]);

listen("sending", () => again("[data-watch]"));
setInterval(again, 1000, "[data-until]");
