/* A form with data-autosave saves by itself, one request at a time; what is not saved yet is kept in this browser.
   Beside it: the preview, who else is here, pasted HTML as Markdown, and how long a text is. */
import { trouble, visit } from "./swap.js";
import { listen } from "./live.js";
import { on } from "./keys.js";

const PAUSE = 200;
const states = new WeakMap();
const pane = () => document.getElementById("outline");
const part = (form, name) => form.closest(".block")?.querySelector(`[data-${name}]`);
const nameOf = (form) => `desk ${pane()?.dataset.user} ${new URL(form.action).pathname}`;
const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? field.value : "") : field.value);
const textsOf = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.tagName !== "BUTTON" && !("notText" in one.dataset));
const dirty = (form) => textsOf(form).filter((one) => valueOf(one) !== of(form).base.get(one.name));

function of(form) {
  if (!states.has(form)) states.set(form, { base: new Map(textsOf(form).map((one) => [one.name, valueOf(one)])) });
  return states.get(form);
}

function tell(kind, clock = "") {
  const line = document.getElementById("saved");
  if (line) line.textContent = line.dataset[kind].replace("#", clock);
}

function keep(form) {
  try {
    const left = dirty(form).map((one) => [one.name, valueOf(one)]);
    if (left.length) localStorage.setItem(nameOf(form), JSON.stringify({ at: Date.now(), left }));
    else localStorage.removeItem(nameOf(form));
  } catch {
    /* more than a browser keeps: the field has it */
  }
}

function set(form, values) {
  for (const [name, value] of values) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = value !== "";
    else if (field) field.value = value;
  }
  count(form);
}

async function save(form) {
  const state = of(form);
  clearTimeout(state.timer);
  if (state.stopped) return;
  if (state.busy) return void (state.again = true);
  const changed = dirty(form);
  if (!changed.length) return keep(form);
  const sent = new Map(changed.map((one) => [one.name, valueOf(one)]));
  const body = new URLSearchParams({ version: form.elements.version.value });
  if ([...sent.keys()].some((name) => name.startsWith("standing")))
    for (const one of textsOf(form)) if (one.name.startsWith("standing") && valueOf(one) + one.type !== "checkbox") body.set(one.name, valueOf(one));
  for (const [name, value] of sent) if (!name.startsWith("standing")) body.set(name, value), body.set(`was_${name}`, state.base.get(name));
  let answer;
  state.busy = (async () => {
    tell("saving");
    answer = await fetch(form.action, { method: "POST", body, headers: { "x-autosave": "1" }, keepalive: `${body}`.length < 60000 });
    if (answer.status === 401) return trouble("signed-out"), tell("failed");
    const said = await answer.json();
    const why = part(form, "why");
    if (why) (why.hidden = answer.status !== 400), (why.textContent = said.why ?? "");
    if (answer.status === 409) return both(form, said);
    if (!answer.ok) return tell("failed");
    trouble("");
    form.elements.version.value = said.version;
    if (pane()) pane().dataset.state = said.state;
    if (form.id === "letter") pane().dataset.version = said.version;
    for (const [name, value] of sent) {
      state.base.set(name, value);
      const field = form.elements[name];
      if (field.type === "checkbox") field.defaultChecked = value !== "";
      else field.defaultValue = value;
    }
    for (const [name, value] of Object.entries(said.fields)) {
      const field = form.elements[name]; // what others wrote into fields that we left alone
      if (!field || valueOf(field) !== state.base.get(name) || value === state.base.get(name)) continue;
      field.value = field.defaultValue = value;
      state.base.set(name, value);
    }
    tell("saved", said.clock);
    refresh(form);
  })();
  try {
    await state.busy;
  } catch {
    tell("failed");
    state.timer = setTimeout(save, 4000, form);
  }
  state.busy = null;
  keep(form);
  if (state.again) (state.again = false), save(form);
}

/* Somebody else saved the same field. */
function both(form, said) {
  const state = of(form);
  const notice = part(form, "both");
  if (!notice) return tell("failed");
  state.stopped = true;
  notice.hidden = false;
  notice.querySelector("[data-theirs]").replaceChildren(
    ...Object.entries(said.theirs).filter(([name, value]) => form.elements[name]?.value !== value).flatMap(([name, value]) => {
      const [dt, dd] = ["dt", "dd"].map((tag) => document.createElement(tag));
      dt.textContent = form.elements[name].labels[0]?.textContent;
      dd.textContent = value || "–";
      return [dt, dd];
    }),
  );
  const over = () => {
    for (const [name, value] of Object.entries(said.theirs)) state.base.set(name, value);
    form.elements.version.value = said.version;
    notice.hidden = true;
    state.stopped = false;
    save(form);
  };
  notice.querySelector("[data-mine]").onclick = over;
  notice.querySelector("[data-take]").onclick = () => (set(form, Object.entries(said.theirs)), over());
  notice.querySelector("[data-copy]").onclick = () => navigator.clipboard?.writeText(dirty(form).map(valueOf).join("\n\n"));
}

/* The mail anew, behind the one that is shown, at the block that is being edited. */
function refresh(form) {
  const frames = document.getElementById("frames");
  if (!frames) return;
  frames.querySelector("[data-next]")?.remove();
  const old = frames.querySelector("iframe");
  const next = old.cloneNode();
  next.dataset.next = "";
  next.name = "";
  next.src = old.src.split("#")[0] + (form.closest(".block") ? `#${form.closest(".block").id}` : "");
  next.onload = () => {
    old.remove();
    delete next.dataset.next;
    next.name = old.name;
    visit(document.getElementById("proof-link").href, ["#facts", "#preview-h"], { remember: false });
  };
  frames.append(next);
}

function count(form) {
  for (const line of form.querySelectorAll("[data-words], [data-count]")) {
    const text = (form.elements[line.dataset.of ?? "blurb"].value || form.elements[line.dataset.of ?? "blurb"].placeholder).trim();
    line.textContent = (line.dataset.words ?? line.dataset.count).replace("#", line.dataset.words ? text.split(/\s+/).filter(Boolean).length : text.length);
    const cut = line.parentElement.querySelector("[data-cut]");
    if (cut) cut.textContent = text.length > 38 ? cut.dataset.cut.replace("#", text.slice(0, 38).split(" ").slice(0, -1).slice(-2).join(" ")) : "";
  }
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-autosave]") || "notText" in target.dataset) return;
  of(form);
  keep(form);
  count(form);
  clearTimeout(of(form).timer);
  of(form).timer = setTimeout(save, PAUSE, form);
});

/* By hand: after what is under way, so that it never meets itself. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  const state = form.matches("[data-autosave]") && of(form);
  if (!state) return;
  clearTimeout(state.timer);
  if (!state.busy) return localStorage.removeItem(nameOf(form));
  event.preventDefault();
  event.stopImmediatePropagation();
  state.busy.finally(() => setTimeout(() => form.requestSubmit(event.submitter)));
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("a[href], button")) for (const form of document.querySelectorAll("[data-autosave]")) if (!form.contains(event.target.closest("button"))) save(form);
}, true);

document.addEventListener("paste", async (event) => {
  const field = event.target;
  const html = event.clipboardData?.getData("text/html") ?? "";
  if (!field.matches?.("[data-markdown]") || !/<(a|b|strong|i|em|[uo]l|h\d|blockquote|s|del)\b/i.test(html) || html.length > 400000) return;
  event.preventDefault();
  const plain = event.clipboardData.getData("text/plain");
  const answer = await fetch(field.dataset.markdown, { method: "POST", body: new URLSearchParams({ html }) }).catch(() => null);
  field.focus();
  document.execCommand("insertText", false, answer?.ok ? await answer.text() : plain); // so that the browser can undo it
});

/* ---- who else is here, and what they changed ---- */
let heard = "";
const moved = () => {
  const line = document.getElementById("changed");
  if (line) line.hidden = !heard || heard === pane().dataset.state;
};
listen("issue", (drafts) => {
  heard = drafts[pane()?.dataset.issue]?.join(" ") ?? "";
  setTimeout(moved, 1500); // our own answer may be on its way
});
listen("presence", (all) => {
  const others = all.filter((one) => `${one.issue}` === pane()?.dataset.issue && `${one.user}` !== pane().dataset.user);
  const lines = [[document.getElementById("here"), others], ...[...document.querySelectorAll("[data-present]")].map((line) => [line, others.filter((one) => `${one.block}` === line.dataset.present)])];
  for (const [line, who] of lines) if (line) (line.hidden = !who.length), (line.textContent = line.dataset.one.replace("#", [...new Set(who.map((one) => one.who))].join(", ")));
});

let at = null;
function here(gone) {
  const form = document.getElementById("presence");
  const block = form && !document.hidden && !gone ? (document.querySelector(".block.open")?.dataset.block ?? "0") : null;
  const post = (more) => navigator.sendBeacon(at?.url ?? form.action, new URLSearchParams(more));
  if (at && at.block !== block) post({ block: at.block, gone: 1 });
  at = block === null ? null : { block, url: form.action };
  if (at) post({ block });
}

function begin() {
  for (const form of document.querySelectorAll("[data-autosave]")) {
    of(form);
    const kept = JSON.parse(localStorage.getItem(nameOf(form)) ?? "null");
    const left = kept?.left.filter(([name, value]) => form.elements[name] && valueOf(form.elements[name]) !== value);
    const notice = part(form, "left");
    if (!left?.length || !notice) continue;
    notice.hidden = false;
    notice.querySelector("[data-when]").textContent = new Date(kept.at).toLocaleString();
    const over = () => ((notice.hidden = true), localStorage.removeItem(nameOf(form)));
    notice.querySelector("[data-use]").onclick = () => (over(), set(form, left), save(form));
    notice.querySelector("[data-drop-it]").onclick = over;
  }
  moved();
  here();
}

const step = (way) => () => {
  const row = document.activeElement?.closest(".block, .section");
  const button = row?.querySelector(`.moves [value=${way}]`);
  return button ? (button.click(), true) : false;
};
on("Alt+ArrowUp", () => pane()?.dataset.up, step("up"));
on("Alt+ArrowDown", () => pane()?.dataset.down, step("down"));

document.documentElement.dataset.script = "";
document.addEventListener("desk:swapped", begin);
document.addEventListener("visibilitychange", () => here());
addEventListener("pagehide", () => here(true));
setInterval(here, 15000);
begin();
