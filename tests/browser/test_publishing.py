"""From a draft to sent mail in a browser: taken back, by keyboard alone, by finger, and without a line of script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .journey import begin_issue, post

pytestmark = pytest.mark.browser

SIZE = (1280, 900)
"""Of its windows."""

LIBRARY, PLOTS = "Library to open on Sundays", "Eleven plots are free on the river side"
SENT = re.compile("went to 2 readers")


def test_it_is_taken_back_then_sent_and_watched(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window()
    number = begin_issue(page, shared_desk.url, LIBRARY, PLOTS)
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_role("heading", name=f"Issue {number} would go to 2 readers.")).to_be_visible()
    for again in (True, False):
        page.get_by_role("link", name="Send now…").click()
        page.get_by_role("button", name="Send it now").click()
        expect(page.get_by_role("heading", name=re.compile("goes to 2 readers in"))).to_be_visible()
        if again:
            page.get_by_role("button", name="Take it back").click()
            expect(page.get_by_text("Taken back: nobody got it")).to_be_visible()
            expect(page.get_by_role("heading", name=f"Issue {number} would go to 2 readers.")).to_be_visible()
    expect(page.get_by_role("heading", name=SENT)).to_be_visible(timeout=60_000)  # nobody loaded it again
    expect(page.locator("[data-watch], [data-until]")).to_have_count(0)  # there is nothing more to ask for
    page.get_by_role("link", name="Each delivery").click()
    expect(page.get_by_role("row", name=re.compile("ana@example.org"))).to_contain_text("sent")


def test_the_whole_way_by_keys_alone(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window()
    number = begin_issue(page, shared_desk.url, LIBRARY, PLOTS)

    def tab_to(role: str, name: Any) -> None:
        wanted = page.get_by_role(role, name=name).first
        expect(wanted).to_be_visible()
        for _ in range(90):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {name}")

    tab_to("link", f"Edit “{LIBRARY}”")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#outline .block h4").first).to_have_text(PLOTS)
    page.keyboard.press("Enter")
    tab_to("textbox", "Headline")
    page.keyboard.type("Sundays at the library")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.keyboard.press("Enter")
    expect(page.locator("#outline .block h4").nth(1)).to_have_text("Sundays at the library")
    page.keyboard.press("Shift+P")
    expect(page.get_by_role("heading", name=f"Issue {number} would go to 2 readers.")).to_be_visible()
    tab_to("link", "Send now…")
    page.keyboard.press("Enter")
    tab_to("button", "Send it now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=SENT)).to_be_visible(timeout=60_000)


def test_a_block_is_dragged_by_a_finger(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    number = begin_issue(page, shared_desk.url, LIBRARY, PLOTS)
    page.goto(f"{shared_desk.url}/?issue={number}#outline")
    blocks = page.locator("#outline .block h4")
    expect(blocks.first).to_have_text(LIBRARY)
    grip = page.locator(".block", has_text=LIBRARY).locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    start, target = grip.bounding_box(), page.locator(".block", has_text=PLOTS).bounding_box()
    touch = page.context.new_cdp_session(page)

    def send(kind: str, y: float | None = None) -> None:
        points = [] if y is None else [{"x": start["x"] + start["width"] / 2, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    begin, end = start["y"] + start["height"] / 2, target["y"] + target["height"] - 4
    send("touchStart", begin)
    for step in range(1, 9):
        send("touchMove", begin + (end - begin) * step / 8)
    send("touchEnd")
    expect(blocks.first).to_have_text(PLOTS)


def test_the_whole_way_without_script(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window(java_script_enabled=False)
    number = begin_issue(page, shared_desk.url, LIBRARY, PLOTS)
    blocks = page.locator("#outline .block h4")
    page.get_by_role("button", name=f"Move “{LIBRARY}” down").click()
    expect(blocks.first).to_have_text(PLOTS)
    page.locator("#outline").get_by_role("button", name="Undo").click()
    expect(blocks.first).to_have_text(LIBRARY)
    page.get_by_role("link", name=f"Edit “{LIBRARY}”").click()
    page.get_by_label("Headline", exact=True).fill("Sundays at the library")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(blocks.first).to_have_text("Sundays at the library")
    page.get_by_label("Subject", exact=True).fill("The Sunday library")
    page.get_by_role("button", name="Save the letter").click()
    expect(page.get_by_label("Subject", exact=True)).to_have_value("The Sunday library")
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("link", name="Send now…").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", name=re.compile("goes to 2 readers in"))).to_be_visible()
    expect(page.get_by_role("heading", name=SENT)).to_be_visible(timeout=60_000)  # the page asks again by itself
    assert number


def test_a_stranger_and_a_forged_origin_send_nothing(
    window: Callable[..., Any], chromium: Any, shared_desk: Any
) -> None:
    page = window()
    number = begin_issue(page, shared_desk.url, LIBRARY, PLOTS)
    origin = shared_desk.url
    stranger = chromium.new_context().new_page()
    answer = stranger.request.post(f"{origin}/issues/{number}/send", headers={"origin": origin})
    assert answer.status == 401
    forged = page.request.post(f"{origin}/issues/{number}/send", headers={"origin": "https://evil.example"})
    assert forged.status == 403
    stranger.context.close()
    assert post(page, f"/issues/{number}/undo").ok
