"""The outline in a browser: saved while one types, dragged, undone; two people at one issue; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .journey import begin_issue, complaints_of, enter, open_block, pick, save_state

pytestmark = pytest.mark.browser

LIBRARY, PLOTS = "Library to open on Sundays", "Eleven plots are free on the river side"


@pytest.fixture(scope="module")
def session(chromium: Any, shared_desk: Any) -> Any:
    """The cookies of somebody who signed in, and picked two stories."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    context = chromium.new_context()
    page = context.new_page()
    enter(page, shared_desk)
    pick(page, LIBRARY, PLOTS)
    state = save_state(page)
    context.close()
    return state


@pytest.fixture
def window(chromium: Any, session: Any) -> Iterator[Callable[..., Any]]:
    """Windows of that person."""
    contexts = []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(
            **{"viewport": {"width": 1440, "height": 1000}, "storage_state": session} | options
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(window: Callable[..., Any], shared_desk: Any) -> Iterator[Any]:
    """An editor with a draft of two stories. The browser may complain of nothing."""
    opened = window()
    complaints = complaints_of(opened)
    begin_issue(opened, shared_desk.url)
    yield opened
    assert complaints == []


def blocks(page: Any) -> Any:
    return page.locator("#outline .block h4")


def order(page: Any) -> list[str]:
    found: list[str] = blocks(page).all_text_contents()
    return found


def test_what_is_typed_is_saved_and_shown_in_the_mail_at_once(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    page.get_by_label("Headline", exact=True).press_sequentially("Sundays at the library")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.frame_locator("iframe[name=mail]").get_by_role("link", name="Sundays at the library")).to_be_visible()
    page.get_by_label("Blurb").fill("Doors open at **noon**.")
    expect(page.frame_locator("iframe[name=mail]").locator("strong", has_text="noon").first).to_be_visible()
    expect(page.get_by_text("4 words, Markdown.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Headline", exact=True)).to_have_value("Sundays at the library")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(blocks(page).first).to_have_text("Sundays at the library")


def test_typing_fast_never_meets_itself(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    for number in range(12):
        page.get_by_label("Headline", exact=True).fill(f"Headline {number}")
        page.get_by_label("Teaser", exact=True).fill(f"Teaser {number}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(blocks(page).first).to_have_text("Headline 11")
    expect(page.locator("#outline")).to_contain_text("in the subject: Teaser 11")
    expect(page.get_by_role("heading", name="Somebody saved")).to_have_count(0)


def test_undo_and_redo_survive_a_reload(page: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_role("button", name=f"Move “{LIBRARY}” down").click()
    expect(blocks(page).first).to_have_text(PLOTS)
    page.reload()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.locator("#outline")).to_contain_text("Undone.")
    expect(blocks(page).first).to_have_text(LIBRARY)
    page.reload()
    page.locator("#outline").get_by_role("button", name="Redo").click()
    expect(blocks(page).first).to_have_text(PLOTS)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row", name=re.compile("moved"))).to_be_visible()
    page.get_by_label("Keep it as it is now").fill("the plots first")
    page.get_by_role("button", name="Keep this version").first.click()
    page.get_by_role("link", name=re.compile("^Back to Issue")).click()
    page.get_by_role("button", name=f"Move “{LIBRARY}” up").click()
    expect(blocks(page).first).to_have_text(LIBRARY)
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Restore “the plots first”").click()
    expect(blocks(page).first).to_have_text(PLOTS)


def test_a_block_is_dragged_by_the_mouse_into_another_section(page: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_text("Add a section").click()
    page.get_by_role("textbox", name="Heading").fill("Town hall")
    page.get_by_role("button", name="Add the section").click()
    expect(page.get_by_role("heading", name="Town hall")).to_be_visible()
    grip = page.locator(".block", has_text=LIBRARY).locator("[data-grip]").bounding_box()
    target = page.get_by_role("heading", name="Town hall").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"], target["y"] + 8, steps=6)
    page.mouse.move(target["x"], target["y"] + target["height"] + 4, steps=3)
    expect(page.locator(".drop")).to_have_count(1)
    page.mouse.up()
    section = page.locator(".section", has=page.get_by_role("heading", name="Town hall"))
    expect(section.locator(".block h4").first).to_have_text(LIBRARY)
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, grip["y"] + 300, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(section.locator(".block h4").first).to_have_text(LIBRARY)


def test_a_block_is_moved_by_keys_and_stays_under_them(page: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_role("link", name=f"Edit “{LIBRARY}”").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(blocks(page).first).to_have_text(PLOTS)
    expect(page.get_by_role("link", name=f"Edit “{LIBRARY}”")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(blocks(page).first).to_have_text(LIBRARY)


def test_two_people_at_one_block_lose_nothing(page: Any, window: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    other = window()
    open_block(page, LIBRARY)
    other.goto(page.url)
    page.get_by_label("Headline", exact=True).fill("Mine")
    expect(page.locator("#saved")).to_contain_text("Saved")
    other.get_by_label("Teaser", exact=True).fill("Another field is no quarrel")
    expect(other.locator("#saved")).to_contain_text("Saved")
    expect(other.get_by_label("Headline", exact=True)).to_have_value("Mine")  # seen, as it was left alone
    with page.expect_response(re.compile("/blocks/")):
        page.get_by_label("Headline", exact=True).fill("Mine once more")
    other.get_by_label("Headline", exact=True).fill("Theirs")
    expect(other.locator("[data-both]")).to_be_visible()
    expect(other.locator("[data-both] dd")).to_have_text("Mine once more")
    expect(other.get_by_label("Headline", exact=True)).to_have_value("Theirs")
    other.get_by_role("button", name="Save mine over it").click()
    expect(other.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#changed")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Headline", exact=True)).to_have_value("Theirs")
    expect(page.get_by_label("Teaser", exact=True)).to_have_value("Another field is no quarrel")


def test_what_was_typed_outlives_a_session_that_ended(page: Any, window: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Blurb").fill("This was typed in mid-air.")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_label("Blurb")).to_have_value("This was typed in mid-air.")
    page.context.add_cookies(kept)
    page.goto(page.url.split("#")[0].replace("block=", "was="))
    open_block(page, LIBRARY)
    expect(page.get_by_text("You typed a text here that was not saved.")).to_be_visible()
    expect(page.get_by_label("Blurb")).to_have_value("")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Blurb")).to_have_value("This was typed in mid-air.")
    expect(page.locator("#saved")).to_contain_text("Saved")


def test_a_lost_connection_keeps_the_text_and_comes_back(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    page.route("**/blocks/*", lambda route: route.abort())
    page.get_by_label("Headline", exact=True).fill("While the line was down")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    page.unroute("**/blocks/*")
    expect(page.locator("#saved")).to_contain_text("Saved")


PASTE = """(html) => {
  const given = new DataTransfer();
  given.setData("text/html", html);
  given.setData("text/plain", html.replace(/<[^>]*>/g, ""));
  const options = { clipboardData: given, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def test_what_is_pasted_keeps_its_links(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    page.get_by_label("Blurb").focus()
    page.evaluate(
        PASTE, '<p>See <a href="https://alderwick.example/plan">the <b>plan</b></a><script>alert(1)</script></p>'
    )
    expect(page.get_by_label("Blurb")).to_have_value("See [the **plan**](https://alderwick.example/plan)")
    mail = page.frame_locator("iframe[name=mail]")
    expect(mail.locator('a[href="https://alderwick.example/plan"]')).to_be_visible()


def test_a_script_in_a_headline_is_a_headline(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    page.get_by_label("Headline", exact=True).fill("<script>document.title='x'</script><img src=x onerror=alert(1)>")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(blocks(page).first).to_contain_text("<script>document.title")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row", name=re.compile("<script>document")).first).to_be_visible()


def test_a_paste_of_two_megabytes_is_refused_in_words_and_stays_in_its_field(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, LIBRARY)
    page.get_by_label("Blurb").fill("x" * 2_000_000)
    expect(page.locator("[data-why]")).to_contain_text("at most 100,000 fit into an issue")
    assert len(page.get_by_label("Blurb").input_value()) == 2_000_000
    page.get_by_label("Blurb").fill("Short again.")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("[data-why]")).to_be_hidden()


def test_excerpts_are_taken_cut_and_picked(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, PLOTS)
    page.locator("[name=sentences]").fill("1")
    page.locator("[name=sentences]").press("Enter")
    expect(page.get_by_label("Blurb")).to_have_value("Half plots, water on site, no waiting list.")
    expect(page.locator(".block.open")).to_be_visible()
    page.get_by_label("Blurb").fill("One is whole. Two is not")
    page.get_by_role("button", name="Cut at a sentence").click()
    expect(page.get_by_label("Blurb")).to_have_value("One is whole.")
    page.get_by_role("button", name="Pick from the full text…").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Take these sentences").click()
    expect(page.get_by_label("Blurb")).to_have_value("Half plots, water on site, no waiting list.")
