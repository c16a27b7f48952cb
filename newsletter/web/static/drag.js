/* A grip drags its block or section, by mouse, pen or finger; Escape puts it back. Buttons and keys do the same. */
import { post } from "./swap.js";

document.addEventListener("pointerdown", (down) => {
  const grip = down.target.closest?.("[data-grip]");
  if (!grip || down.button) return;
  down.preventDefault();
  const isBlock = grip.dataset.grip === "block";
  const pane = grip.closest(".pane");
  const moved = grip.closest(isBlock ? ".block" : ".section");
  const mark = document.createElement(isBlock ? "li" : "div");
  mark.className = "drop";
  let place = null;

  function move({ clientY: y }) {
    moved.classList.add("dragged");
    const box = pane.getBoundingClientRect();
    pane.scrollTop += y < box.top + 60 ? -12 : y > Math.min(box.bottom, innerHeight) - 60 ? 12 : 0;
    const below = (one) => y < one.getBoundingClientRect().top + one.offsetHeight / 2;
    if (!isBlock) {
      const others = [...pane.querySelectorAll(".section")].filter((one) => one !== moved);
      const next = others.find(below);
      place = { to: 1 + (next ? others.indexOf(next) : others.length) };
      next ? next.before(mark) : others.at(-1)?.after(mark);
      return;
    }
    const lists = [...pane.querySelectorAll("[data-drop]")];
    const list = lists.findLast((one) => one.closest(".section").getBoundingClientRect().top <= y) ?? lists[0];
    const others = [...list.querySelectorAll(".block")].filter((one) => one !== moved);
    const next = others.find(below);
    place = { section: list.dataset.drop, to: 1 + (next ? others.indexOf(next) : others.length) };
    next ? next.before(mark) : list.append(mark);
  }

  function end(event) {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    removeEventListener("keydown", escape, true);
    mark.remove();
    moved.classList.remove("dragged");
    if (event.type !== "pointerup" || !place) return;
    const form = moved.querySelector(isBlock ? ".moves, [data-autosave]" : ".moves");
    const view = form.elements.view.value;
    const said = isBlock ? place : { place: place.to };
    const body = new URLSearchParams({ ...said, do: "place", view, version: pane.dataset.version });
    post(form.action, body, ["#outline", "#preview", "#tabs"]);
  }

  function escape(event) {
    if (event.key === "Escape") event.stopPropagation(), end(event);
  }

  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  addEventListener("keydown", escape, true);
});
