/* An issue that goes out. By the clock, too: a short list makes no news. */
import { listen } from "./live.js";
import { ask } from "./swap.js";

const again = (where) => document.querySelector(where) && ask(location.href, ["#now"]);

listen("sending", () => again("[data-watch]"));
setInterval(again, 1000, "[data-until]");
setInterval(again, 5000, "[data-watch]");
