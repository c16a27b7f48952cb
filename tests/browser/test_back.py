"""Away and back: what was typed is there, and nothing that is so no longer; also where the browser kept the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .journey import begin_issue, open_block, post

pytestmark = pytest.mark.browser

FIRST, SECOND = "The ferry runs again", "The market moves"
TYPED = "The ferry runs on Sundays"
KEPT = """() => {
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
}"""
"""What a page hears that a browser kept whole and shows again. Under Playwright none is kept."""


def headline(page: Any) -> Any:
    return page.get_by_label("Headline", exact=True)


def test_after_away_and_back_there_is_what_was_typed_and_what_happened_meanwhile(
    window: Callable[..., Any], shared_desk: Any
) -> None:
    from playwright.sync_api import expect

    page = window()
    number = begin_issue(page, shared_desk.url, FIRST, SECOND)
    open_block(page, FIRST)
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/blocks/" in answer.url):
        headline(page).fill(TYPED)
    page.get_by_role("link", name="Calendar", exact=True).click()
    expect(page.get_by_role("heading", name="Calendar", exact=True)).to_be_visible()
    post(page, f"/issues/{number}/blocks", headline="Written meanwhile", text="In another window.")
    page.go_back()
    expect(headline(page)).to_have_value(TYPED)
    expect(page.locator("#outline")).to_contain_text("Written meanwhile")
    expect(page.locator("[data-left], [data-both]")).to_have_count(0)


def test_a_page_that_the_browser_kept_is_renewed_around_what_was_typed(
    window: Callable[..., Any], shared_desk: Any
) -> None:
    from playwright.sync_api import expect

    page = window()
    number = begin_issue(page, shared_desk.url, FIRST, SECOND)
    open_block(page, FIRST)
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    search = page.locator("#queue [name=q]")
    search.fill("half a wo")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/blocks/" in answer.url):
        headline(page).fill(TYPED)
    post(page, f"/issues/{number}/blocks", headline="Written meanwhile", text="In another window.")
    with page.expect_request(lambda asked: "/live" in asked.url):  # it hears of others again
        page.evaluate(KEPT)
    expect(page.locator("#outline")).to_contain_text("Written meanwhile")
    expect(headline(page)).to_have_value(TYPED)
    expect(search).to_have_value("half a wo")
    expect(page.locator("[data-left], [data-both]")).to_have_count(0)
    expect(page.locator("#changed:visible")).to_have_count(0)  # what it tells of is shown
