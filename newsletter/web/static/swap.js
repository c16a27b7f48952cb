/* A form or link with data-swap="#a #b" (its own, or of what it stands in) is sent by fetch, and those parts of the answered
   page replace ours; "" means the plain way. Scroll, focus, ticks and what was typed stay. Then: "desk:swapped" with {parts}. */

const parser = new DOMParser();
const reading = new Map();
const fields = "input:not([type=hidden], [type=file]), textarea, select";
const here = () => location.pathname + location.search;
const isTick = (field) => /checkbox|radio/.test(field.type);
let turn = Promise.resolve();
let waiting = 0;
let owed = []; // parts of answers that were not looked at, because a later one is newer
let shown = here();

/** Say it to who cannot see it happen. */
export function announce(text) {
  const line = document.getElementById("status");
  if (!line) return;
  line.textContent = "";
  requestAnimationFrame(() => (line.textContent = text));
}

/** A sentence about us, not about the work: in its fixed place until it is over. */
export function trouble(kind) {
  const bar = document.getElementById("trouble");
  if (!bar) return;
  bar.hidden = !kind;
  for (const line of bar.children) line.hidden = line.dataset.kind !== kind;
}

const partsOf = (element) => (element?.closest("[data-swap]")?.dataset.swap ?? "").split(/\s+/).filter(Boolean);

document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  const parts = partsOf(button?.hasAttribute("data-swap") ? button : form);
  if (event.defaultPrevented || !parts.length || button?.formTarget || form.target) return;
  event.preventDefault();
  submit(form, button, parts);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const parts = partsOf(link);
  const plain = link.target || link.hasAttribute("download") || link.origin !== location.origin || link.getAttribute("href")[0] === "#";
  if (!parts.length || plain) return;
  event.preventDefault();
  visit(link.href, parts);
});

/** Send a form as its button would; resolves to whether its parts were replaced. */
export function submit(form, button, parts = partsOf(form)) {
  const said = new FormData(form, button?.form === form ? button : undefined);
  const of = (name) => button?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const url = new URL(of("action"), location);
  if (of("method").toLowerCase() === "post") {
    return post(url.href, form.enctype === "multipart/form-data" ? said : new URLSearchParams(said), parts, form);
  }
  url.search = new URLSearchParams(said);
  return visit(url.href, parts);
}

/** Send a form that is nowhere on the page. Posts go one after the other, in the order of asking. */
export function post(url, body, parts, form = null) {
  waiting += 1;
  for (const [key, control] of reading) if (parts.some((part) => key.split(" ").includes(part))) control.abort(); // it is older
  turn = turn.then(async () => {
    const all = [...new Set([...owed, ...parts])];
    const skip = () => ((owed = waiting > 1 ? all : []), waiting > 1);
    const done = await ask(url, { method: "POST", body }, skip() ? [] : all, { form, skip });
    waiting -= 1;
    return done;
  });
  return turn;
}

/** Show parts of another page of the desk. A newer visit to the same parts ends an older one. */
export function visit(url, parts, { remember = true } = {}) {
  const key = parts.join(" ");
  reading.get(key)?.abort();
  const control = new AbortController();
  reading.set(key, control);
  const how = { push: remember, hash: remember ? new URL(url, location).hash : "" };
  return turn.then(() => ask(url, { signal: control.signal }, parts, how));
}

async function ask(url, init, parts, { form = null, push = false, hash = "", skip = () => false }) {
  try {
    const answer = await fetch(url, { ...init, headers: { "x-swap": parts.join(" ") || "none" } });
    if (answer.status === 401 || new URL(answer.url).pathname === "/signin") return trouble("signed-out"), false;
    if (!parts.length && answer.ok) return true;
    const html = await answer.text();
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return announce(html), trouble("refused"), false;
    trouble("");
    if (answer.ok && skip()) return true;
    const page = parser.parseFromString(html, "text/html");
    const there = parts.filter((part) => page.querySelector(part) && document.querySelector(part));
    if (push || init.method) remember(answer.url + hash, push);
    if (there.length) replace(page, there, form);
    else whole(page);
    const said = page.querySelector(".said")?.textContent;
    if (said) announce(said);
    return true;
  } catch (cause) {
    if (cause.name !== "AbortError") trouble("offline"); // what was typed is still in its field
    return false;
  }
}

function remember(url, push) {
  const next = new URL(url);
  const moved = shown !== next.pathname + next.search;
  shown = next.pathname + next.search;
  next.hash ||= location.hash;
  history[push && moved ? "pushState" : "replaceState"](null, "", next);
}

addEventListener("popstate", () => {
  if (shown === here()) return; // only the pane, by its #
  shown = here();
  visit(location.href, ["#main"], { remember: false });
});

const swapped = (parts) => document.dispatchEvent(new CustomEvent("desk:swapped", { detail: { parts } }));

/** Another page than we asked for: a conflict, a refusal. */
function whole(page) {
  document.title = page.title;
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.childNodes);
  const first = document.querySelector("h1");
  first?.setAttribute("tabindex", "-1");
  first?.focus();
  swapped(["body"]);
}

function replace(page, parts, sent) {
  if (page.title) document.title = page.title;
  for (const part of parts) {
    const old = document.querySelector(part);
    const fresh = page.querySelector(part);
    if (old.isEqualNode(fresh)) continue;
    const keep = [placeIn(old), focusIn(old), typedIn(old, sent)]; // what was open is open again before
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    old.replaceChildren(...fresh.childNodes); // the part itself stays: it scrolls, and may be the :target
    for (const back of keep) back?.(old);
  }
  if (location.hash[1] && !document.querySelector(":target") && document.getElementById(location.hash.slice(1))) {
    const tops = [...document.querySelectorAll(".pane"), document.scrollingElement].map((pane) => [pane, pane.scrollTop]);
    location.replace(location.hash); // or a narrow window would show another tab
    for (const [pane, top] of tops) pane.scrollTop = top;
  }
  swapped(parts);
}

const nameOf = (field) => field.id || `${field.form?.getAttribute("action")} ${field.name} ${isTick(field) ? field.value : ""}`;
const labelOf = (one) => one.getAttribute("aria-label") ?? one.dataset.key;

function focusIn(old) {
  const was = document.activeElement;
  if (was === old || !old.contains(was)) return null;
  const nearest = was.closest("[id]")?.id;
  return (now) => {
    const all = [...now.querySelectorAll(was.matches(fields) ? fields : "a[href], button, summary, [tabindex]")];
    const alike = was.matches(fields) ? (one) => nameOf(one) === nameOf(was) : (one) => labelOf(was) && labelOf(one) === labelOf(was);
    const next = (was.id && document.getElementById(was.id)) || all.find(alike) || document.getElementById(nearest)?.querySelector("[autofocus], [data-stop]") || document.getElementById(nearest)?.querySelector("a[href], button");
    next?.focus({ preventScroll: true });
    if (was.selectionStart != null && next?.setSelectionRange) next.setSelectionRange(was.selectionStart, was.selectionEnd);
  };
}

/** The selected row, or what stands at the top of the window, stays where it is; what was open stays open. */
function placeIn(old) {
  const edge = Math.max(old.getBoundingClientRect().top, 0);
  const topOf = (id) => document.getElementById(id)?.getBoundingClientRect().top;
  const first = old.querySelector("[aria-current=true][id]") ?? [...old.querySelectorAll("li[id], section[id]")].find((one) => one.getBoundingClientRect().bottom > edge + 1);
  const was = first && topOf(first.id);
  const open = [...old.querySelectorAll("details[id][open]")].map((one) => one.id);
  return (now) => {
    for (const one of now.querySelectorAll("details[id]")) if (open.includes(one.id)) one.open = true;
    const by = first ? topOf(first.id) - was : 0;
    const scrolls = now.scrollHeight > now.clientHeight && getComputedStyle(now).overflowY !== "visible";
    if (by) (scrolls ? now : document.scrollingElement).scrollTop += by;
  };
}

/** What was typed or ticked and not sent. */
function typedIn(old, sent) {
  const kept = new Map([...old.querySelectorAll(fields)].filter((field) => field.form !== sent && isDirty(field)).map((field) => [nameOf(field), field]));
  return (now) => {
    for (const field of now.querySelectorAll(fields)) {
      const was = kept.get(nameOf(field));
      if (was) field[isTick(field) ? "checked" : "value"] = was[isTick(field) ? "checked" : "value"];
    }
  };
}

function isDirty(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
}
