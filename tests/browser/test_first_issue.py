"""From the one-time link to a sent issue, by hand, in a browser without a line of script."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .journey import enter

pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 900), "phone": (375, 812)}


def compose(page: Any) -> None:
    """Pick two stories, begin an issue, and fill it."""
    from playwright.sync_api import expect

    for title in ("Library to open on Sundays", "Eleven plots are free on the river side"):
        page.get_by_role("link", name=title, exact=True).click()
        page.locator(".story", has_text=title).get_by_role("button", name="Pick").click()
        expect(page.locator(".story", has_text=title).get_by_text("picked", exact=True)).to_be_visible()
    page.get_by_role("button", name="Begin a new issue").click()
    page.get_by_role("button", name="Fill with 2 picked items").click()


def picture(page: Any, name: str) -> None:
    """Keep a picture to look at, where a folder for them is named."""
    if folder := os.environ.get("NEWSLETTER_TEST_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def watched(page: Any) -> list[str]:
    """What the browser complains about: a policy that was broken, a file that was missing."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def plain(chromium: Any) -> Iterator[Any]:
    """A window without a line of script."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_first_issue_from_the_link_to_the_outbox(plain: Any, desk: Any) -> None:
    from playwright.sync_api import expect

    page = plain
    complaints = watched(page)
    enter(page, desk)
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    compose(page)
    expect(page.locator("#outline .block h4").first).to_have_text("Library to open on Sundays")

    page.get_by_role("link", name="Edit “Library to open on Sundays”").click()
    block = page.locator(".block.open")
    block.get_by_label("Teaser", exact=True).fill("Sunday library")
    block.get_by_label("Blurb", exact=True).fill("Doors open at **noon**.")
    block.get_by_label("Headline", exact=True).fill("Sundays at the library")
    block.get_by_label("Headline", exact=True).press("Enter")
    expect(page.locator("#outline .block h4").first).to_have_text("Sundays at the library")
    page.get_by_role("button", name="Move “Sundays at the library” down").click()
    expect(page.locator("#outline .block h4").first).to_have_text("Eleven plots are free on the river side")

    mail = page.frame_locator("iframe[name=mail]")
    expect(mail.get_by_text("Sundays at the library").first).to_be_visible()
    expect(mail.get_by_text("noon")).to_be_visible()
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.frame_locator("iframe[name=mail]").locator("pre")).to_contain_text("Sundays at the library")

    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_role("heading", name="Issue 1 would go to 2 readers")).to_be_visible()
    page.get_by_role("button", name="Approve it").click()
    expect(page.get_by_role("status").filter(has_text="Approved").first).to_be_visible()
    page.get_by_role("link", name="Send now…").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", name="Issue 1 went to 2 readers")).to_be_visible(timeout=60_000)
    assert len(list((desk.workspace / "outbox").glob("*.eml"))) == 2
    assert complaints == []


def test_enter_in_a_field_of_a_block_keeps_what_was_typed(plain: Any, desk: Any) -> None:
    from playwright.sync_api import expect

    page = plain
    enter(page, desk)
    compose(page)
    blocks = page.locator("#outline .block h4")
    for label, typed in [("Headline", "Sundays at the library"), ("Teaser", "Sunday library")]:
        count = blocks.count()
        page.get_by_role("link", name=re.compile("^Edit “")).first.click()
        field = page.locator(".block.open").get_by_label(label, exact=True)
        field.fill(typed)
        field.press("Enter")
        expect(page.locator("#outline")).to_contain_text(typed)
        expect(blocks).to_have_count(count)
    page.get_by_role("link", name="Edit “Sundays at the library”").click()
    block = page.locator(".block.open")
    # The button that Enter presses is not among those one comes by.
    block.get_by_label("Headline", exact=True).press("Tab")
    expect(block.get_by_label("Teaser", exact=True)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_desk_fits_and_nothing_is_refused(chromium: Any, desk: Any, size: str, scheme: str) -> None:
    from playwright.sync_api import expect

    width, height = SIZES[size]
    first = chromium.new_page(viewport={"width": 1280, "height": 900})
    enter(first, desk)
    compose(first)
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        storage_state=first.context.storage_state(),
        java_script_enabled=False,
    )
    page = context.new_page()
    complaints = watched(page)
    for path, heading in [
        ("/?item=1#queue", "Queue"),
        ("/#outline", "Issue 1"),
        ("/?block=2#outline", "Issue 1"),
        ("/#preview", "Preview"),
        ("/?dark=1#preview", "Preview"),
        ("/issues", "Issues"),
        ("/issues/1", "Issue 1 would go to"),
        ("/sources", "Sources"),
        ("/calendar", "Calendar"),
        ("/readers", "Readers"),
    ]:
        page.goto(desk.url + path)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        picture(page, f"{size}-{scheme}-{path.strip('/').translate(str.maketrans('?#=/', '----')) or 'desk'}")
        box = page.locator("header.top").bounding_box()
        assert box is not None
        assert box["width"] <= width
        wide = [one for one in page.locator("main button, main input, main a").all() if _leaves(one, width)]
        assert wide == [], path
    assert complaints == []
    context.close()
    first.close()


def _leaves(one: Any, width: int) -> bool:
    """Whether something to press lies outside the window, beyond sideways scrolling's reach."""
    if not one.is_visible():
        return False
    box = one.bounding_box()
    return box is not None and (box["x"] < 0 or box["x"] + box["width"] > width + 1)


def test_the_preview_can_do_nothing_to_the_desk(chromium: Any, desk: Any) -> None:
    from playwright.sync_api import expect

    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    enter(page, desk)
    compose(page)
    frame = page.locator("iframe[name=mail]")
    expect(frame).to_have_attribute("sandbox", "")
    answer = page.request.get(f"{desk.url}/issues/1/preview.html")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    page.close()
