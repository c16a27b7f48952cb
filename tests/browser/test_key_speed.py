"""How long a key takes until its effect is there. Printed, never a failure."""

from __future__ import annotations

from typing import Any

import pytest

from .journey import enter

pytestmark = [pytest.mark.browser, pytest.mark.benchmark]

PRESS = """key => {
  const began = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  document.querySelector(".story[aria-current=true]").getBoundingClientRect();
  return performance.now() - began;
}"""


def test_the_effect_of_a_key_is_there_at_once(chromium: Any, afternoon: Any) -> None:
    from playwright.sync_api import expect

    page = chromium.new_page(viewport={"width": 1440, "height": 1000})
    enter(page, afternoon)
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    took = {key: [page.evaluate(PRESS, key) for _ in range(5)] for key in ("j", "k", "x", "t")}
    print("\nms until a key shows: " + ", ".join(f"{key} {max(times):.0f}" for key, times in took.items()))
    page.close()
