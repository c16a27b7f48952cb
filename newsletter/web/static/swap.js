/* A form or link with data-swap="#a #b" (its own, or of what it stands in) is sent by fetch, and those parts become as in the answer;
   "" means the plain way. Then: "desk:swapped". */
import { morph } from "./morph.js";

export const byId = (id) => document.getElementById(id);

const parser = new DOMParser();
export const line = []; // requests in their order
const pathOf = ({ pathname, search }) => pathname + search;
let shown = pathOf(location);

function announce(text) {
  const status = byId("status");
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = text));
}

/** A sentence about us, not about the work, until it is over. */
export function trouble(kind) {
  const bar = byId("trouble");
  bar.hidden = !kind;
  for (const one of bar.children) one.hidden = one.dataset.kind !== kind;
}

export const partsOf = (element) => element.closest("[data-swap]")?.dataset.swap.match(/\S+/g) ?? [];

export const isPlain = (click) => !(click.defaultPrevented || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey);

addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  const parts = partsOf(button ?? form);
  if (event.defaultPrevented || !parts.length) return;
  event.preventDefault();
  const said = new FormData(form, button);
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams(said);
  if (form.method === "post") return ask(form.action, parts, { body, form, push: false });
  const url = new URL(form.action);
  url.search = body;
  ask(url.href, parts, { form, push: true });
});

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const parts = link && isPlain(event) ? partsOf(link) : [];
  if (!parts.length || link.target || link.origin !== location.origin || link.getAttribute("href")[0] === "#") return;
  event.preventDefault();
  ask(link.href, parts, { push: true });
});

/** Send a request after those before. `body`: a post; `form`: what was typed there is sent then; `push`: the address becomes that of
    the answer, as a step to come back from or not. */
export function ask(url, parts, more = {}) {
  line.push({ url, parts, ...more });
  if (line.length === 1) work();
}

async function work() {
  for (; line.length; line.shift()) await send(line[0]).catch(reportError);
}

async function send({ url, parts, body, form, push }) {
  const left = () => parts.filter((part) => !line.some((other, place) => place && other.parts.includes(part)));
  const wanted = left().join(" ");
  if (push === undefined && !body && !wanted) return;
  let answer, html;
  try {
    answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { "x-swap": wanted || "none" } });
    html = await answer.text();
  } catch {
    return trouble("offline"); // what was typed is there
  }
  const there = new URL(answer.url);
  if (answer.status === 401 || there.pathname === "/signin") return trouble("signed-out");
  trouble("");
  if (push !== undefined) {
    const isNew = shown !== pathOf(there);
    shown = pathOf(there);
    there.hash = (push && new URL(url).hash) || location.hash;
    history[push && isNew ? "pushState" : "replaceState"](null, "", there);
  }
  if (answer.ok && !left().length) return;
  if (!answer.headers.get("content-type")?.startsWith("text/html")) return announce(html), trouble("refused");
  const page = parser.parseFromString(html, "text/html");
  const said = page.querySelector(".said")?.textContent;
  const found = left().filter((part) => page.querySelector(part) && document.querySelector(part));
  if (found.length) replace(page, found, form);
  else if (push !== undefined) replace(page, ["body"]); // a conflict, a refusal
  if (said) announce(said);
}

function come({ persisted }) {
  if (!persisted && shown === pathOf(location)) return; // only the pane, by its #
  shown = pathOf(location);
  ask(location.href, ["#main"]);
}

addEventListener("popstate", come);
addEventListener("pageshow", come); // a page that was put aside may be old

function replace(page, parts, form) {
  document.title = page.title;
  if (!page.querySelector(".said.is-error")) form?.reset();
  const was = document.activeElement;
  const around = [];
  for (let one = was; one; one = one.parentElement) if (one.id) around.push(one.id);
  const begun = new Set(document.querySelectorAll("[autofocus]"));
  for (const part of parts) morph(document.querySelector(part), page.querySelector(part));
  if (!document.querySelector(":target") && byId(location.hash.slice(1))) {
    const tops = [...document.querySelectorAll(".pane, html")].map((pane) => [pane, pane.scrollTop]);
    location.replace(location.hash); // or a narrow window would show another tab
    for (const [pane, top] of tops) pane.scrollTop = top;
  }
  const head = parts[0] === "body" && document.querySelector("h1");
  if (head) head.tabIndex = -1;
  const opened = head || [...document.querySelectorAll("[autofocus]")].find((one) => !begun.has(one));
  const near = byId(around.find((id) => byId(id)));
  const next = opened ?? (was.isConnected ? was : near?.querySelector("[data-stop]") ?? near?.querySelector("a[href], button") ?? near);
  next?.focus({ preventScroll: next !== opened });
  dispatchEvent(new CustomEvent("desk:swapped", { detail: { parts } }));
}
