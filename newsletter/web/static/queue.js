/* The queue under one's fingers: a row is selected at once, and what is decided shows at once; the server's list follows. */
import { on } from "./keys.js";
import { listen } from "./live.js";

const pane = () => document.getElementById("queue");
const current = () => pane()?.querySelector(".story[aria-current=true]");
const rows = () => [...(pane()?.querySelectorAll(".story") ?? [])];
const after = { add: "picked", pick: "picked", skip: "skipped", snooze: "snoozed", restore: "new" };
let moved = null; // what was selected since the last answer was asked for

/** The next row to decide, else the one before. */
function following(row) {
  const all = rows();
  const at = all.indexOf(row);
  return [...all.slice(at + 1), ...all.slice(0, at).reverse()].find((one) => !one.classList.contains("seen"));
}

function select(row, { focus = true } = {}) {
  const form = document.getElementById("acts");
  if (!row || !form) return false;
  const was = current();
  was?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.append(form);
  fill(form, row);
  if (focus) row.querySelector(".title").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function fill(form, row) {
  const id = row.id.slice(2);
  form.querySelector("[name=item]").value = id; // `elements.item` is a function
  form.elements.following.value = following(row)?.id.slice(2) ?? "";
  const section = form.querySelector("select");
  if (section) section.value = row.dataset.into ?? section.dataset.current;
  label(form);
  for (const link of form.querySelectorAll("a[data-open]")) {
    const url = new URL(link.href);
    url.searchParams.set("item", id);
    link.href = url;
  }
  const open = form.querySelector("a[data-key=o]");
  open.hidden = !row.dataset.url;
  open.href = row.dataset.url ?? "#";
}

function label(form) {
  const section = form.querySelector("select");
  const name = form.querySelector("[data-section]");
  if (section && name) name.textContent = section.selectedOptions[0]?.textContent ?? "";
}

function step(by) {
  if (document.activeElement.closest("#outline")) { // from block to block there
    const stops = [...document.querySelectorAll("#outline [data-stop]")];
    const here = stops.findIndex((one) => one.closest(".block, header").contains(document.activeElement));
    return stops[Math.max(0, here + by)]?.focus();
  }
  const all = rows();
  const next = all[all.indexOf(current()) + by];
  if (!next) return false;
  if (!select(next)) return next.querySelector(".title").click();
  moved = next.id;
}

on("j", () => pane()?.dataset.next, () => (pane() ? step(1) : false));
on("k", () => pane()?.dataset.previous, () => (pane() ? step(-1) : false));
on("t", () => pane()?.dataset.tick, () => {
  const box = current()?.querySelector(".pick input");
  if (!box) return false;
  box.click();
});

document.addEventListener(
  "click",
  (event) => {
    const title = event.target.closest?.("#queue .story .title");
    if (!title || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const row = title.closest(".story");
    if (!select(row, { focus: false })) return;
    moved = row.id;
    event.preventDefault();
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const state = after[event.submitter?.value];
  if (!event.defaultPrevented || !state || !form.matches("#acts, #picked")) return;
  const decided = form.id === "acts" ? [form.closest(".story")] : rows().filter((row) => row.querySelector(".pick :checked"));
  const next = form.id === "acts" ? document.getElementById(`s-${form.elements.following.value}`) : null;
  for (const row of decided) {
    row.dataset.state = state;
    row.classList.add("seen", "going");
  }
  if (next) select(next);
  moved = null;
});

document.addEventListener("change", (event) => {
  const section = event.target;
  if (section.id !== "to-one") return;
  if (!section.closest(".story").dataset.into) section.dataset.current = section.value;
  label(section.form);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "to-one" && event.key === "Enter") {
    event.preventDefault();
    event.target.form.querySelector("button.main").click();
  }
  const close = event.key === "Escape" && event.target.closest?.(".over")?.querySelector("[data-close]");
  if (close) close.click();
});

document.addEventListener("desk:swapped", (event) => {
  if (!event.detail.parts.some((part) => part === "#queue" || part === "body" || part === "#main")) return;
  const row = moved && document.getElementById(moved);
  moved = null;
  if (row && row !== current()) select(row, { focus: false });
  pane()?.querySelector("[autofocus]")?.focus();
  current()?.scrollIntoView({ block: "nearest" });
});

listen("arrived", ({ count }) => {
  const link = document.getElementById("arrived");
  if (!link) return;
  const said = link.dataset.text.replace("{n}", count.toLocaleString(document.documentElement.lang));
  if (link.hidden !== !count || link.textContent !== said) {
    link.textContent = said;
    link.hidden = !count;
  }
});
