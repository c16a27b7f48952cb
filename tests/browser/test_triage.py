"""Triage in a browser: by keys alone, by mouse, by touch, without script, and by two people at once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from .journey import complaints_of, enter, save_state

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Any, afternoon: Any) -> Iterator[Any]:
    """An editor on Thursday afternoon. The browser may complain of nothing."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    complaints = complaints_of(opened)
    enter(opened, afternoon)
    ready(opened)
    yield opened
    assert complaints == []
    context.close()


def ready(page: Any) -> None:
    """The scripts are at work: keys do something."""
    from playwright.sync_api import expect

    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)


def rows(page: Any) -> Any:
    return page.locator("#queue .story")


def selected(page: Any) -> Any:
    return page.locator("#queue .story[aria-current=true]")


def titles(page: Any) -> list[str]:
    found: list[str] = page.locator("#queue .story .title").all_text_contents()
    return found


def begin(page: Any, *sections: str) -> None:
    """An issue with these sections."""
    from playwright.sync_api import expect

    page.get_by_role("button", name="Begin a new issue").click()
    expect(page.locator("#outline .issue-head")).to_be_visible()
    for name in sections:
        answer = page.request.post(
            page.url.split("?")[0].rstrip("/") + "/issues/1/sections", form={"name": name}, headers=_origin(page)
        )
        assert answer.ok
    page.reload()
    ready(page)


def _origin(page: Any) -> dict[str, str]:
    found = re.match(r"https?://[^/]+", page.url)
    assert found
    return {"origin": found[0]}


def test_items_are_decided_without_the_mouse_and_taken_back_after_a_reload(page: Any) -> None:
    from playwright.sync_api import expect

    begin(page, "Town hall", "Out and about", "On the move")
    before = titles(page)
    taken = 0
    for number in range(21):
        page.keyboard.press("a" if number % 5 == 0 else "h" if number % 7 == 0 else "x")
        taken += number % 5 == 0
    expect(page.locator("#queue .story.going")).to_have_count(0, timeout=60_000)
    left = len(before) - 21
    expect(page.locator("#queue .story:not(.seen)")).to_have_count(left)
    assert titles(page) == before, "nothing moved"
    expect(page.locator("#outline .block:has(p.meta)")).to_have_count(taken + 1)  # and the calendar
    sections = page.locator("#outline .section h3").all_text_contents()
    assert [name.strip() for name in sections][1:] == ["Town hall", "Out and about", "On the move"]
    page.keyboard.press("u")
    expect(page.locator("#queue .story:not(.seen)")).to_have_count(left + 1)
    page.reload()
    ready(page)
    page.keyboard.press("u")
    expect(page.locator("#queue .story:not(.seen)")).to_have_count(left + 2)


def test_keys_move_open_search_and_go(page: Any) -> None:
    from playwright.sync_api import expect

    second = titles(page)[1]
    page.keyboard.press("j")
    expect(selected(page).locator(".title")).to_have_text(second)
    page.keyboard.press("k")
    expect(selected(page).locator(".title")).to_have_text(titles(page)[0])
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    assert "alderwick.example" in opened.value.url or opened.value.url in (
        "about:blank",
        "chrome-error://chromewebdata/",
    )
    opened.value.close()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("swifts bridge")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .count").first).to_be_visible()
    expect(page).to_have_url(re.compile("q=swifts"))
    assert titles(page)
    assert all("swifts" in title for title in titles(page))
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys tbody tr", has_text="Snooze")).to_contain_text("h")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/issues$"))


def test_single_keys_can_be_turned_off(page: Any) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("?")
    with page.expect_response(re.compile("/keys$")):
        page.get_by_label("Single keys do something").click()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.reload()
    ready(page)
    page.keyboard.press("x")
    page.keyboard.press("j")
    expect(page.locator("#queue .story.seen")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-keys", "off")


def test_ticked_rows_are_decided_together_and_ticks_survive_what_else_is_done(page: Any) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("t")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.locator(".ticked")).to_be_visible()
    page.locator("#s-1, .story").nth(4).locator(".title").click()
    selected(page).get_by_role("button", name=re.compile("^Skip")).click()
    expect(page.locator("#queue .story.seen:not(.going)")).to_have_count(1)
    expect(page.locator("#queue .pick :checked")).to_have_count(2)
    page.keyboard.press("h")
    expect(page.locator("#queue .story.seen:not(.going)")).to_have_count(3)
    expect(page.locator("#queue .pick :checked")).to_have_count(0)
    expect(page.locator("#queue")).to_contain_text("snoozed until issue 1")


def test_a_story_is_joined_credited_and_edited_by_keys(page: Any) -> None:
    from playwright.sync_api import expect

    first = titles(page)[0]
    count = rows(page).count()
    page.keyboard.press("2")
    expect(page.locator("#same-as input[type=radio]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .said")).to_contain_text("One story")
    expect(rows(page)).to_have_count(count - 1 + (page.locator(".more").count() and 1))
    page.keyboard.press("u")
    expect(page.locator("#queue .said")).to_contain_text("Taken back")
    page.keyboard.press("e")
    expect(page.locator("#i-title")).to_be_focused()
    page.keyboard.type("Ours: ")
    page.keyboard.press("Enter")
    expect(selected(page).locator(".title")).to_contain_text("Ours:")
    assert first in titles(page)[0] or "Ours:" in titles(page)[0]
    page.keyboard.press("e")
    page.keyboard.type("never kept")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#edit-item")).to_have_count(0)
    assert "never kept" not in titles(page)[0]


def test_by_mouse_the_next_row_opens_by_itself(page: Any) -> None:
    from playwright.sync_api import expect

    begin(page)
    all_titles = titles(page)
    rows(page).nth(2).locator(".title").click()
    expect(selected(page).locator(".title")).to_have_text(all_titles[2])
    selected(page).get_by_role("button", name=re.compile("^Into")).click()
    expect(selected(page).locator(".title")).to_have_text(all_titles[3])
    expect(page.locator("#outline .block h4").first).to_have_text(all_titles[2])
    expect(rows(page).nth(2)).to_contain_text("in draft 1")
    page.get_by_role("button", name=re.compile("^Undo ?u")).click()
    expect(page.locator("#outline .block", has_text=all_titles[2])).to_have_count(0)


def test_arrivals_announce_themselves_and_never_move_the_list(page: Any, afternoon: Any) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("j")
    before, where = titles(page), selected(page).bounding_box()
    with sqlite3.connect(afternoon.workspace / "newsletter.db", timeout=30) as database:
        copied = database.execute(
            "INSERT INTO item (source_id, digest, latest, first_seen, flags) "
            "SELECT source_id, 'new', 1, first_seen, '[]' FROM item WHERE id = 1 RETURNING id"
        ).fetchone()[0]
        database.execute(
            "INSERT INTO item_version (item_id, number, title, excerpt, body, digest, seen_at) "
            "SELECT ?, 1, 'Just in', '', '', 'new', seen_at FROM item_version WHERE item_id = 1",
            (copied,),
        )
        database.execute("INSERT INTO triage (publication_id, item_id, state) VALUES (1, ?, 'new')", (copied,))
    database.close()
    expect(page.locator("#arrived")).to_have_text("1 new, load", timeout=15_000)
    assert titles(page) == before
    assert selected(page).bounding_box() == where
    page.keyboard.press("l")
    expect(page.locator("#queue")).to_contain_text("Just in")
    expect(page.locator("#arrived")).to_be_hidden()


def test_two_editors_see_what_the_other_decided_and_undo_only_their_own(
    page: Any, chromium: Any, afternoon: Any
) -> None:
    from playwright.sync_api import expect

    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, storage_state=save_state(page))
    other = context.new_page()
    other.goto(afternoon.url)
    ready(other)
    page.keyboard.press("x")
    expect(page.locator("#queue .story.seen:not(.going)")).to_have_count(1)
    other.keyboard.press("j")
    other.keyboard.press("x")
    expect(other.locator("#queue .story.seen:not(.going)")).to_have_count(2)
    context.close()


def test_without_script_each_row_opens_and_is_decided(page: Any, chromium: Any, afternoon: Any) -> None:
    from playwright.sync_api import expect

    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, storage_state=save_state(page), java_script_enabled=False
    )
    plain = context.new_page()
    plain.goto(afternoon.url)
    before = titles(plain)
    rows(plain).nth(1).locator(".title").click()
    expect(selected(plain).locator(".title")).to_have_text(before[1])
    selected(plain).get_by_role("button", name=re.compile("^Skip")).click()
    expect(selected(plain).locator(".title")).to_have_text(before[2])
    assert titles(plain) == before
    rows(plain).nth(4).get_by_role("checkbox").check()
    plain.locator(".ticked").get_by_role("button", name="Pick").click()
    expect(rows(plain).nth(4)).to_contain_text("picked")
    selected(plain).get_by_role("link", name=re.compile("^Same as")).click()
    plain.get_by_role("button", name="It is the same").click()
    expect(plain.locator("#queue .said")).to_contain_text("One story")
    selected(plain).get_by_role("link", name=re.compile("^Edit")).click()
    plain.get_by_label("Title").fill("Ours")
    plain.get_by_role("button", name="Save", exact=True).last.click()
    expect(selected(plain).locator(".title")).to_have_text("Ours")
    plain.get_by_role("button", name=re.compile("^Undo")).click()
    expect(plain.locator("#queue .said")).to_contain_text("Taken back")
    context.close()


def test_a_reload_and_the_way_back_find_the_same_list(page: Any) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("x")
    expect(page.locator("#queue .story.seen:not(.going)")).to_have_count(1)
    before = titles(page)
    page.reload()
    assert titles(page) == before
    page.locator("#queue .switch a", has_text="Skipped").click()
    expect(rows(page)).to_have_count(1)
    page.go_back()
    expect(rows(page)).to_have_count(len(before))


def test_a_lost_connection_says_so_and_the_next_try_works(page: Any) -> None:
    from playwright.sync_api import expect

    page.context.set_offline(True)
    page.keyboard.press("x")
    expect(page.locator("#trouble")).to_be_visible()
    page.context.set_offline(False)
    page.keyboard.press("x")
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#queue .story.seen:not(.going)")).to_have_count(1)


def test_on_a_phone_by_touch(page: Any, chromium: Any, afternoon: Any) -> None:
    from playwright.sync_api import expect

    begin(page)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, storage_state=save_state(page)
    )
    phone = context.new_page()
    phone.goto(afternoon.url)
    expect(phone.locator("#outline")).to_be_hidden()
    rows(phone).nth(1).locator(".title").tap()
    selected(phone).get_by_role("button", name=re.compile("^Into")).tap()
    expect(rows(phone).nth(1)).to_contain_text("in draft 1")
    expect(phone.locator("#queue")).to_be_visible()
    phone.locator("#tabs").get_by_role("link", name="Issue 1").tap()
    expect(phone.locator("#outline .block h4").first).to_be_visible()
    expect(phone.locator("#queue")).to_be_hidden()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    context.close()
