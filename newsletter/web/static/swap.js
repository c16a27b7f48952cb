/* A form or a link with data-swap="#a #b" (its own, or of what it stands in) is sent by fetch, and those parts of the
   answered page replace ours. Nothing moves: scroll, focus, ticks, open details and what was typed stay.
   After it the document gets "desk:swapped" with {parts}. data-swap="" means: the plain way. */

const parser = new DOMParser();
const reading = new Map();
let turn = Promise.resolve();
let waiting = 0;
let shown = location.pathname + location.search;

/** Say it to who cannot see it happen. */
export function announce(text) {
  const line = document.getElementById("status");
  if (!line) return;
  line.textContent = "";
  requestAnimationFrame(() => (line.textContent = text));
}

/** A sentence about us, not about the work: in its fixed place until it is over. */
export function trouble(kind) {
  for (const line of document.querySelectorAll("#trouble > [data-kind]")) line.hidden = line.dataset.kind !== kind;
  const bar = document.getElementById("trouble");
  if (bar) bar.hidden = !kind;
}

const partsOf = (element) => (element?.closest("[data-swap]")?.dataset.swap ?? "").split(/\s+/).filter(Boolean);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const parts = partsOf(button?.hasAttribute("data-swap") ? button : form);
  if (event.defaultPrevented || !parts.length || (button?.formTarget || form.target)) return;
  event.preventDefault();
  submit(form, button, parts);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const parts = partsOf(link);
  if (!parts.length || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  visit(link.href, parts);
});

/** Send a form as its button would; resolves to whether its parts were replaced. */
export function submit(form, button, parts = partsOf(form)) {
  const said = new FormData(form, button?.form === form ? button : undefined);
  const url = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location);
  const method = (button?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "get").toLowerCase();
  if (method === "get") {
    url.search = new URLSearchParams(said);
    return visit(url.href, parts);
  }
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams(said);
  return post(url.href, body, parts, form);
}

/** Send a form that is nowhere on the page. Posts go one after the other, in the order of asking. */
export function post(url, body, parts, form = null) {
  waiting += 1;
  const sent = turn.then(async () => {
    try {
      return await ask(url, { method: "POST", body }, parts, { form, skip: () => waiting > 1 });
    } finally {
      waiting -= 1;
    }
  });
  turn = sent.catch(() => {});
  return sent;
}

/** Show parts of another page of the desk. A newer visit to the same parts ends an older one. */
export function visit(url, parts, { remember = true } = {}) {
  const key = parts.join(" ");
  reading.get(key)?.abort();
  const control = new AbortController();
  reading.set(key, control);
  const hash = remember ? new URL(url, location).hash : "";
  return ask(url, { signal: control.signal }, parts, { push: remember, hash });
}

async function ask(url, init, parts, { form = null, push = false, hash = "", skip = () => false }) {
  document.documentElement.toggleAttribute("data-busy", true);
  try {
    const unseen = skip(); // a later answer will be newer than this one
    const answer = await fetch(url, { ...init, headers: { "x-swap": unseen ? "none" : parts.join(" ") } });
    if (answer.status === 401 || new URL(answer.url).pathname === "/signin") return trouble("signed-out"), false;
    if (unseen && answer.ok) return true;
    const html = await answer.text();
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return announce(html), trouble("refused"), false;
    trouble("");
    if (answer.ok && skip()) return true;
    const page = parser.parseFromString(html, "text/html");
    const there = parts.filter((part) => page.querySelector(part) && document.querySelector(part));
    if (push || init.method) remembered(answer.url + hash, push);
    if (there.length) replace(page, there, form);
    else whole(page);
    const said = page.querySelector(".said")?.textContent;
    if (said) announce(said);
    return true;
  } catch (cause) {
    if (cause.name === "AbortError") return false;
    console.warn(cause);
    trouble("offline"); // what was typed is still in its field
    return false;
  } finally {
    document.documentElement.toggleAttribute("data-busy", false);
  }
}

function remembered(url, push) {
  const next = new URL(url);
  const moved = shown !== next.pathname + next.search;
  shown = next.pathname + next.search;
  if (!next.hash) next.hash = location.hash;
  history[push && moved ? "pushState" : "replaceState"](null, "", next);
}

addEventListener("popstate", () => {
  if (shown === location.pathname + location.search) return; // only the pane, by its #
  shown = location.pathname + location.search;
  visit(location.href, ["#main"], { remember: false });
});

/** Another page than we asked for: a conflict, a refusal. */
function whole(page) {
  document.title = page.title;
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.childNodes);
  const first = document.querySelector("h1");
  first?.setAttribute("tabindex", "-1");
  first?.focus();
  document.dispatchEvent(new CustomEvent("desk:swapped", { detail: { parts: ["body"] } }));
}

function replace(page, parts, sent) {
  if (page.title) document.title = page.title;
  for (const part of parts) {
    const old = document.querySelector(part);
    const fresh = page.querySelector(part);
    if (old.isEqualNode(fresh)) continue;
    const keep = [focusIn(old), anchorIn(old), typedIn(old, sent), openIn(old)];
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    old.replaceChildren(...fresh.childNodes); // the part itself stays: it scrolls, and may be the :target
    for (const back of keep) back?.(old);
  }
  if (location.hash.length > 1 && !document.querySelector(":target") && document.getElementById(location.hash.slice(1))) {
    const tops = [...document.querySelectorAll(".pane")].map((pane) => [pane, pane.scrollTop]);
    const y = scrollY;
    location.replace(location.hash); // or a narrow window would show another tab
    for (const [pane, top] of tops) pane.scrollTop = top;
    scrollTo(0, y);
  }
  document.dispatchEvent(new CustomEvent("desk:swapped", { detail: { parts } }));
}

const fields = "input:not([type=hidden], [type=file]), textarea, select";
const nameOf = (field) =>
  field.id ? `#${field.id}` : `${field.form?.getAttribute("action") ?? ""} ${field.name} ${/checkbox|radio/.test(field.type) ? field.value : ""}`;

function focusIn(old) {
  const was = document.activeElement;
  if (!old.contains(was) || was === old) return null;
  const label = was.getAttribute("aria-label") ?? was.dataset.key;
  const names = was.matches(fields) ? nameOf(was) : null;
  const nearest = was.closest("[id]")?.id;
  const span = typeof was.selectionStart === "number" ? [was.selectionStart, was.selectionEnd] : null;
  return (now) => {
    const all = [...now.querySelectorAll("a[href], button, summary, [tabindex]")];
    const next =
      (was.id && document.getElementById(was.id)) ||
      (names && [...now.querySelectorAll(fields)].find((field) => nameOf(field) === names)) ||
      (label && all.find((one) => (one.getAttribute("aria-label") ?? one.dataset.key) === label)) ||
      (nearest && document.getElementById(nearest)?.querySelector("a[href], button"));
    next?.focus({ preventScroll: true });
    if (span && next?.setSelectionRange) next.setSelectionRange(...span);
  };
}

/** Whatever stands at the top of the window stays there. */
function anchorIn(old) {
  const edge = old.getBoundingClientRect().top;
  const seen = [...old.querySelectorAll("li[id], section[id]")].find((one) => one.getBoundingClientRect().bottom > Math.max(edge, 0) + 1);
  const first = old.querySelector("[aria-current=true][id]") ?? seen;
  if (!first) return null;
  const was = first.getBoundingClientRect().top;
  return (now) => {
    const next = document.getElementById(first.id) ?? (seen && document.getElementById(seen.id));
    const by = next?.id === first.id ? next.getBoundingClientRect().top - was : 0;
    if (Math.abs(by) < 1) return;
    if (now.scrollHeight > now.clientHeight && getComputedStyle(now).overflowY !== "visible") now.scrollTop += by;
    else scrollBy(0, by);
  };
}

/** What was typed or ticked and not sent. */
function typedIn(old, sent) {
  const typed = [...old.querySelectorAll(fields)].filter((field) => field.form !== sent && isDirty(field));
  const kept = new Map(typed.map((field) => [nameOf(field), field]));
  return (now) => {
    for (const field of now.querySelectorAll(fields)) {
      const was = kept.get(nameOf(field));
      if (!was) continue;
      if (/checkbox|radio/.test(field.type)) field.checked = was.checked;
      else field.value = was.value;
    }
  };
}

export function isDirty(field) {
  if (/checkbox|radio/.test(field.type)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((one) => one.selected !== one.defaultSelected) && !(field.selectedIndex === 0 && ![...field.options].some((one) => one.defaultSelected));
  return field.value !== field.defaultValue;
}

function openIn(old) {
  const open = new Set([...old.querySelectorAll("details[id][open]")].map((one) => one.id));
  return (now) => {
    for (const one of now.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
  };
}
