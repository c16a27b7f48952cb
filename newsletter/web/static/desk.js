/* What upgrades the desk's plain pages. Each module works on its own, and a page without them works too. */
import "./swap.js";
import "./keys.js";
import "./live.js";
import "./queue.js";
import "./editing.js";
import "./preview.js";
import "./others.js";
import "./drag.js";
import "./sending.js";
import "./writing.js";
