"""The calendar's page in a real browser: lines are read while they are typed, and without JavaScript by a button."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PASSWORD = "ferry-house-12"
LINES = "every Tuesday 19:30 Choir, until 30 June 2027\n31 April Spring market"


def enter(page: Any, desk: Any) -> None:
    """Set the password by the one-time link."""
    page.goto(desk.link)
    page.get_by_label("Your name").fill("Edda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Open the desk").click()
    page.wait_for_url(f"{desk.url}/**")


def test_lines_are_read_while_they_are_typed_and_by_a_button_without_script(chromium: Any, desk: Any) -> None:
    from playwright.sync_api import expect

    state: Any = None
    for javascript in (True, False):
        context = chromium.new_context(java_script_enabled=javascript, storage_state=state)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error, found=complaints: found.append(str(error)))
        if state is None:
            enter(page, desk)
            state = context.storage_state()
        page.goto(f"{desk.url}/calendar")
        page.get_by_label("Your lines").press_sequentially(LINES)
        if not javascript:
            page.get_by_role("button", name="Read first").click()
        expect(page.locator("#reading h3")).to_have_text(["Choir", "31 April Spring market"])
        expect(page.locator("#reading")).to_contain_text(re.compile("every Tuesday at 19:30.*April has 30 days", re.S))
        expect(page.get_by_role("button", name="Add 1 event", exact=True)).to_be_visible()
        assert page.get_by_label("Your lines").input_value() == LINES
        if folder := os.environ.get("NEWSLETTER_TEST_PICTURES"):
            for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=str(Path(folder) / f"reading-{scheme}-{width}-{javascript}.png"), full_page=True)
        page.get_by_role("button", name="Add 1 event", exact=True).click()
        expect(page.locator("#issue")).to_contain_text("Choir")
        assert complaints == []
        context.close()
