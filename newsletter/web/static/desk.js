/* What upgrades the desk's pages, which work without it. */
import "./keys.js";
import "./queue.js";
import "./editing.js";
import "./others.js";
import "./drag.js";
import "./sending.js";
import "./writing.js";
