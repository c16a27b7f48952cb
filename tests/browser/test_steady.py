"""What stays while a page changes: the preview's place, the caret, what was typed without a line; how much it loads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .journey import begin_issue, enter, open_block

pytestmark = pytest.mark.browser

TEXTS = tuple(f"Text number {number}" for number in range(10))
HEAVIEST = 100_000
"""Bytes of the desk as sent, without the mail and its pictures."""


@pytest.fixture
def page(window: Callable[..., Any], shared_desk: Any) -> Any:
    """An editor at an issue of ten texts."""
    opened = window()
    begin_issue(opened, shared_desk.url, *TEXTS)
    ready(opened)
    return opened


def ready(page: Any) -> None:
    """The scripts are at work, and the mail stands in its full height."""
    from playwright.sync_api import expect

    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    expect(page.locator("iframe[name=mail][height]")).to_have_count(1)


def headline(page: Any) -> Any:
    return page.get_by_label("Headline", exact=True)


def mail(page: Any) -> Any:
    return page.frame_locator("iframe[name=mail]")


def top(page: Any) -> int:
    found: int = page.locator("#frames").evaluate("one => one.scrollTop")
    return found


def saved(page: Any) -> Any:
    """Waits for an answer to a page that saves by itself."""
    return page.expect_response(lambda answer: "x-autosave" in answer.request.headers)


def test_the_preview_stays_where_it_was_scrolled_and_shows_the_block_that_is_edited(page: Any) -> None:
    from playwright.sync_api import expect

    page.locator("#frames").evaluate("one => one.scrollTo(0, 500)")
    page.get_by_role("link", name="Pick items").or_(page.get_by_text("Add a section")).first.click()
    page.get_by_role("textbox", name="Heading").fill("Town hall")
    page.get_by_role("button", name="Add the section").click()
    expect(page.get_by_role("heading", name="Town hall")).to_be_visible()
    page.get_by_label("Subject", exact=True).fill("Another subject")
    expect(page.locator("#subject-d")).to_contain_text("15 characters.")
    assert top(page) == 500
    open_block(page, TEXTS[8])
    assert top(page) == 500, "nothing of the mail has changed"
    headline(page).fill("The eighth, told anew")
    expect(mail(page).get_by_role("heading", name="The eighth, told anew")).to_be_visible()
    expect(page.locator("#frames iframe")).to_have_count(1)
    shown = top(page)
    assert shown > 500
    box, frame = page.locator("#frames").bounding_box(), mail(page).get_by_role("heading", name="The eighth, told anew")
    there = frame.bounding_box()
    assert box["y"] <= there["y"] <= box["y"] + box["height"] - there["height"]
    headline(page).press_sequentially(", and again")
    expect(mail(page).get_by_role("heading", name="The eighth, told anew, and again")).to_be_visible()
    expect(page.locator("#frames iframe")).to_have_count(1)
    assert top(page) == shown, "it was in view"


def test_the_caret_and_what_one_looks_at_stay_while_it_is_saved(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[2])
    text = page.get_by_label("Text", exact=True)
    text.evaluate("one => { one.focus(); one.setSelectionRange(3, 3); one.same = 'yes' }")
    page.keyboard.type("X Y ")
    expect(page.get_by_text("6 words, Markdown.")).to_be_visible()
    caret = text.evaluate("one => [one.selectionStart, one.same, document.activeElement === one]")
    assert caret == [7, "yes", True]
    text.press("End")
    with saved(page):
        page.keyboard.type(" ")  # it is dropped where it is kept, and stays where it is typed
    page.keyboard.type("end")
    expect(page.get_by_text("7 words, Markdown.")).to_be_visible()
    assert text.input_value().endswith(" end")
    expect(page.locator("[data-both]")).to_have_count(0)


def test_typed_without_a_line_it_is_saved_when_the_line_is_back(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[1])
    page.context.set_offline(True)
    headline(page).fill("Written on the train")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#trouble")).to_be_visible()
    expect(headline(page)).to_have_value("Written on the train")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#trouble")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.reload()
    expect(headline(page)).to_have_value("Written on the train")
    expect(page.locator("[data-left]")).to_have_count(0)


def test_a_window_leaves_alone_what_another_one_of_the_same_person_keeps(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[3])
    other = page.context.new_page()
    other.goto(page.url)
    page.route("**/blocks/*", lambda route: route.abort())
    headline(page).fill("Typed in one window")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    with saved(other):
        other.get_by_label("Subject", exact=True).fill("Saved in another one")
    other.get_by_role("button", name=f"Move “{TEXTS[0]}” down").click()
    expect(other.locator("#outline .block h4").first).to_have_text(TEXTS[1])
    page.close(run_before_unload=False)
    other.reload()
    expect(other.get_by_text("You typed a text here that was not saved.")).to_be_visible()
    other.get_by_role("button", name="Throw it away").click()
    expect(other.locator("[data-left]")).to_have_count(0)
    assert other.evaluate("Object.keys(localStorage)") == []
    expect(headline(other)).to_have_value(TEXTS[3])


ALARMS = """() => {
  window.alarms = 0;
  const look = () => (window.alarms += document.querySelector("#changed:not([hidden])") ? 1 : 0);
  new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
}"""


def test_nobody_is_told_of_changes_of_their_own(page: Any, window: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[4])
    page.evaluate(ALARMS)
    for number in range(6):
        with saved(page):
            page.get_by_label("Text", exact=True).press_sequentially(f" and {number}", delay=20)
    page.get_by_role("button", name=f"Move “{TEXTS[0]}” down").click()
    expect(page.locator("#outline .block h4").first).to_have_text(TEXTS[1])
    page.locator("#outline").get_by_role("button", name="Undo").click()
    expect(page.locator("#outline .block h4").first).to_have_text(TEXTS[0])
    other = window()
    other.goto(page.url)
    assert page.evaluate("window.alarms") == 0
    other.get_by_role("button", name=f"Move “{TEXTS[0]}” down").click()
    told = page.locator("#changed:not([hidden])")
    shown = page.locator("#outline .block h4").first.filter(has_text=TEXTS[1])  # by a refresh that came behind it
    expect(told.or_(shown)).to_be_visible()


def test_two_people_at_the_subject_see_both_texts(page: Any, window: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    other = window()
    other.goto(page.url)
    ready(other)
    with saved(page):
        page.get_by_label("Subject", exact=True).fill("Spring on the quay")
    other.get_by_label("Subject", exact=True).fill("Spring at the mill")
    expect(other.locator("[data-both] dd")).to_have_text("Spring on the quay")
    other.get_by_role("button", name="Take theirs").click()
    expect(other.get_by_label("Subject", exact=True)).to_have_value("Spring on the quay")
    expect(other.locator("[data-both]")).to_have_count(0)


def test_dates_of_a_standing_text_are_saved_together(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[5])
    with saved(page):
        page.locator(".block.open [name=standing]").check()
    with saved(page):
        page.locator(".block.open [name=standing_last]").fill("2027-03-31")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    expect(page.locator(".block.open [name=standing]")).to_be_checked()
    expect(page.locator(".block.open [name=standing_last]")).to_have_value("2027-03-31")


def test_buttons_that_are_pressed_quickly_are_done_in_their_order(page: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_role("button", name=f"Move “{TEXTS[0]}” down").dblclick()
    page.get_by_role("button", name=f"Move “{TEXTS[5]}” up").click()
    heads = page.locator("#outline .block h4")
    expect(heads.nth(2)).to_have_text(TEXTS[0])
    expect(heads.nth(4)).to_have_text(TEXTS[5])


def test_a_second_finger_puts_back_what_the_first_one_drags(window: Callable[..., Any], shared_desk: Any) -> None:
    from playwright.sync_api import expect

    page = window(viewport={"width": 1024, "height": 900}, has_touch=True)
    begin_issue(page, shared_desk.url, *TEXTS[:3])
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    grip = page.locator(".block", has_text=TEXTS[0]).locator("[data-grip]").bounding_box()
    touch = page.context.new_cdp_session(page)
    one = {"x": grip["x"] + 6, "y": grip["y"] + 6, "id": 1}

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", one)
    moved = {**one, "y": one["y"] + 160}
    send("touchMove", moved)
    expect(page.locator(".drop")).to_have_count(1)
    send("touchStart", moved, {"x": moved["x"] + 120, "y": moved["y"], "id": 2})
    expect(page.locator(".drop")).to_have_count(0)
    send("touchMove", {**moved, "y": moved["y"] + 40}, {"x": moved["x"] + 60, "y": moved["y"], "id": 2})
    send("touchEnd")
    expect(page.locator(".dragged")).to_have_count(0)
    assert [url for url in posts if "/blocks/" in url] == []


def test_a_word_that_is_being_composed_presses_no_key(page: Any) -> None:
    from playwright.sync_api import expect

    before = page.locator("#queue .story.seen").count()
    open_block(page, TEXTS[6])
    headline(page).fill("")
    composing = page.context.new_cdp_session(page)
    for text in ("x", "xi", "xin"):
        composing.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    with saved(page):
        composing.send("Input.insertText", {"text": "新"})
    expect(headline(page)).to_have_value("新")
    expect(mail(page).get_by_role("heading", name="新")).to_be_visible()
    assert page.locator("#queue .story.seen").count() == before


def test_what_was_done_is_said_to_who_does_not_see_it(page: Any) -> None:
    from playwright.sync_api import expect

    page.locator("#queue .story .title").first.focus()
    page.keyboard.press("x")
    expect(page.locator("#status")).to_contain_text("kipped")
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("Taken back")
    page.get_by_role("button", name=f"Move “{TEXTS[0]}” down").click()
    expect(page.locator("#status")).to_have_text("Moved.")


def test_the_way_back_shows_what_is_so_now(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[7])
    with saved(page):
        headline(page).fill("The seventh, told anew")
    stories = page.locator("#queue .story").count()
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("History"))).to_be_visible()
    page.go_back()
    expect(headline(page)).to_have_value("The seventh, told anew")
    expect(page.locator("[data-left], [data-both]")).to_have_count(0)
    expect(page.locator("#queue .story")).to_have_count(stories)
    page.go_back()
    expect(page.locator(".block.open")).to_have_count(0)
    expect(page.locator("#outline")).to_contain_text("The seventh, told anew")


def test_the_heaviest_page_is_light(chromium: Any, afternoon: Any) -> None:
    """The desk with fifty rows of the queue, an issue of twelve texts, and one of them open."""
    from playwright.sync_api import expect

    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    enter(page, afternoon)
    number = begin_issue(page, afternoon.url, *(f"Text number {number}" for number in range(12)))
    open_block(page, "Text number 1")
    address = page.url
    network = context.new_cdp_session(page)
    sent: dict[str, int] = {}
    names: dict[str, str] = {}
    network.on("Network.responseReceived", lambda told: names.update({told["requestId"]: told["response"]["url"]}))
    network.on("Network.loadingFinished", lambda told: sent.update({told["requestId"]: told["encodedDataLength"]}))
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()  # an address with a # is not loaded anew
    expect(page.locator("iframe[name=mail][height]")).to_have_count(1)
    loaded = {names.get(key, "?"): size for key, size in sent.items() if "/preview." not in names.get(key, "")}
    assert any(name.endswith("/static/desk.css") for name in loaded)
    assert sum(loaded.values()) < HEAVIEST, loaded
    raw = len(page.request.get(address).body())
    assert raw < HEAVIEST
    print(f"\nbytes of issue {number} on the desk: {sum(loaded.values())} as sent, its HTML raw {raw}")
    context.close()
