"""What goes wrong at a desk: a form that is somebody else's to send, a reload in mid-word, two newsletters at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.user import Role
from newsletter.store import publications, users
from newsletter.store.opening import open_store
from newsletter.web.passwords import password_hash

from .journey import PASSWORD, begin_issue, open_block, origin_of

pytestmark = pytest.mark.browser

SIZE = (1280, 900)
"""Of its windows."""

LIBRARY, PLOTS = "Library to open on Sundays", "Eleven plots are free on the river side"

BY_HAND = """([action, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
"""As the tools of a browser let anybody do it: a form of another page, sent from this one."""


@pytest.fixture(scope="module")
def session(session: Any, shared_desk: Any) -> Any:
    """The cookies of an administrator. Ida is an editor there."""
    store = open_store("sqlite:///newsletter.db", shared_desk.workspace)
    with store.writing() as tx:
        users.add(tx, "Ida", password_hash(PASSWORD), role=Role.EDITOR, now=Clock().now())
    store.close()
    return session


def test_an_editor_who_sends_a_publishers_form_is_told_kindly_and_nothing_has_changed(
    window: Callable[..., Any], shared_desk: Any
) -> None:
    from playwright.sync_api import expect

    number = begin_issue(window(), shared_desk.url, LIBRARY)
    page = window(storage_state=None)
    page.goto(f"{shared_desk.url}/signin")
    page.get_by_label("Name").fill("Ida")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    fields = {"at": "2030-01-04T09:00", "when": "at", "sure": "yes", "note": "Wrong."}
    for deed in ("schedule", "send", "approve", "open-text", "correct"):
        page.goto(f"{shared_desk.url}/issues/{number}")
        expect(page.get_by_text("A publisher sends it.")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^(Schedule|Approve it|Send it now)$"))).to_have_count(0)
        page.evaluate(BY_HAND, [f"/issues/{number}/{deed}", fields])
        said = page.get_by_role("heading", name="That needs a publisher, and you are an editor here")
        expect(said).to_be_visible()
        expect(page.get_by_text("Nothing has changed.")).to_be_visible()
    page.goto(f"{shared_desk.url}/?issue={number}")
    expect(page.locator("#outline .issue-head")).to_contain_text("draft")
    expect(page.locator("#outline .block h4").first).to_have_text(LIBRARY)


def test_a_reload_in_the_middle_of_a_word_loses_nothing(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window()
    begin_issue(page, shared_desk.url, LIBRARY)
    open_block(page, LIBRARY)
    typed = "This is typed, and before it is sav"
    page.get_by_label("Text", exact=True).fill(typed)
    page.reload()
    field, kept = page.get_by_label("Text", exact=True), page.get_by_role("button", name="Put it back")
    expect(field).to_be_visible()
    if field.input_value() != typed:  # the reload was faster than what saves by itself
        kept.click()
    expect(field).to_have_value(typed)
    expect(page.locator("#saved")).not_to_contain_text("Not saved")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#outline .block").first).to_contain_text(typed)


def test_two_newsletters_in_two_windows_never_mix(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    store = open_store("sqlite:///newsletter.db", shared_desk.workspace)
    with store.writing() as tx:
        publications.add(tx, "The Lantern", now=Clock().now())
    store.close()
    first, second = window(), window()
    for page in (first, second):
        page.goto(shared_desk.url)
    second.locator("details.pub summary").click()
    second.get_by_role("button", name="The Lantern").click()
    expect(second.locator("details.pub summary")).to_contain_text("The Lantern")
    expect(second.locator("html[data-script]")).to_have_count(1)
    second.keyboard.press("c")
    expect(second.locator("#outline").get_by_role("heading", name="Issue 1")).to_be_visible()
    expect(second).to_have_url(re.compile("publication=the-lantern"))
    expect(first.locator("html[data-script]")).to_have_count(1)
    first.keyboard.press("/")
    expect(first.locator("#q")).to_be_focused()
    first.keyboard.type("library")
    first.keyboard.press("Enter")
    expect(first.locator("#queue .story")).to_have_count(1)
    first.keyboard.press("Escape")
    first.keyboard.press("x")
    expect(first.locator("#queue .story.seen:not(.going)")).to_have_count(1)
    expect(first.locator("details.pub summary")).to_contain_text("Alderwick Letter")
    second.keyboard.press("/")
    expect(second.locator("#q")).to_be_focused()
    assert origin_of(first) == origin_of(second)
