"""Eighty new items to a scheduled issue of twelve, with seven events: by keys, by mouse, by finger, without script."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .hands import Finger, Hand, Mouse, Plain
from .journey import complaints_of, enter
from .thursday import COLLEAGUE, FIRST, SECTIONS, TEASERS, Afternoon, assert_scheduled, chosen, thursday

pytestmark = pytest.mark.browser


@pytest.fixture
def afternoon(tmp_path: Path) -> Iterator[Afternoon]:
    """The desk on Thursday afternoon."""
    with thursday(tmp_path) as found:
        yield found


@pytest.fixture
def window(chromium: Any, afternoon: Afternoon) -> Iterator[Callable[..., Any]]:
    """A window of somebody who has just signed in; it may complain of nothing."""
    from playwright.sync_api import expect

    expect.set_options(timeout=15_000)
    opened: list[tuple[Any, list[str]]] = []

    def open_one(**options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 1000}} | options)
        page = context.new_page()
        opened.append((context, complaints_of(page)))
        enter(page, afternoon.desk)
        expect(page.get_by_role("heading", name="Queue")).to_be_visible()
        return page

    yield open_one
    for number, (context, complaints) in enumerate(opened):
        if folder := os.environ.get("NEWSLETTER_TEST_PICTURES"):
            context.pages[0].screenshot(path=str(Path(folder) / f"thursday-{number}.png"))
        context.close()
        assert complaints == []


class Keys:
    """The keyboard, and how often it was pressed."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text: str) -> None:
        """A text, letter by letter."""
        self.page.keyboard.type(text)
        self.count += len(text)

    def tab_to(self, wanted: Any, most: int = 12) -> None:
        """Tab until it has the focus; a step that takes more than a few is none."""
        for _ in range(most):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted} in {most}")


def ready(page: Any) -> None:
    """The scripts of a page are at work: no key falls before them."""
    from playwright.sync_api import expect

    expect(page.locator("html[data-script]")).to_have_count(1)


def test_by_keys_alone(window: Callable[..., Any], afternoon: Afternoon) -> None:
    from playwright.sync_api import expect

    page = window()
    keys, began = Keys(page), time.monotonic()
    ready(page)
    outline = page.locator("#outline")
    focused = page.locator(":focus")

    keys.press("c")
    expect(outline.get_by_role("heading", name="Issue 1")).to_be_visible()
    ready(page)
    keys.press("S")
    for name in SECTIONS[1:]:
        keys.type(name)
        keys.press("Enter")
        expect(outline.get_by_role("heading", name=name)).to_be_visible()
        expect(focused).to_have_id("new-section")
    keys.press("Escape", "g", "o", "j", "e")
    expect(focused).to_have_attribute("placeholder", "no heading")
    keys.type(FIRST)
    keys.press("Enter")
    expect(outline.get_by_role("heading", name=FIRST)).to_be_visible()

    # Triage: all eighty are decided.
    keys.press("g", "q")
    rows = page.locator("#queue .story")
    afternoon.plan = chosen(rows.locator(".title").all_text_contents())
    wanted = {title: section for section, titles in afternoon.plan.items() for title in titles}
    decided = 0
    while True:
        for title in rows.locator(".title").all_text_contents()[decided:]:
            expect(page.locator(".story[aria-current=true] .title")).to_have_text(title)
            if wanted.get(title) == FIRST:
                keys.press("s")
                keys.type("First")
                keys.press("Enter")
            else:
                keys.press("a" if title in wanted else "x")
            decided += 1
        if decided == 80:
            break
        keys.press("m")
        expect(rows).to_have_count(80)
    expect(page.locator("#queue .story.going")).to_have_count(0, timeout=60_000)
    expect(page.locator("#queue-h")).to_contain_text("0 to decide")
    blocks = outline.locator(".block h4")
    expect(blocks).to_have_count(13)

    # The last of the second section goes before those of the third, and one of the third goes back: across the edge.
    hall, about = afternoon.plan["Town hall"], afternoon.plan["Out and about"]
    keys.press("g", "o")
    keys.press(*["j"] * 8)
    expect(focused).to_have_attribute("aria-label", f"Edit “{hall[2]}”")
    keys.press("Alt+ArrowDown")
    about.insert(0, hall.pop())
    in_about = page.locator(".section", has=page.get_by_role("heading", name="Out and about"))
    expect(in_about.locator(".block h4")).to_have_text(about)
    keys.press("j", "Alt+ArrowUp", "Alt+ArrowUp")
    hall.append(about.pop(1))
    expect(in_about.locator(".block h4")).to_have_text(about)

    # A teaser and one sentence for the first block of three sections.
    for section, teaser in zip(SECTIONS[1:], TEASERS, strict=True):
        first = afternoon.plan[section][0]
        keys.press("g", "o")
        keys.press(*["j"] * (1 + 4 * SECTIONS.index(section) + 1))
        expect(focused).to_have_attribute("aria-label", f"Edit “{first}”")
        keys.press("e")
        expect(focused).to_have_attribute("name", "headline")
        keys.press("Tab")
        keys.type(teaser)
        keys.press("Tab", "Tab")
        expect(focused).to_have_attribute("name", "sentences")
        keys.type("1")
        keys.press("Tab", "Enter")
        expect(outline.get_by_label("Blurb", exact=True)).to_have_value(re.compile(r"^[^.]+\.$"))
        keys.press("Escape")
        expect(outline).to_contain_text(f"in the subject: {teaser}")
        expect(focused).to_have_attribute("aria-label", f"Edit “{first}”")

    # Seven lines are pasted.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join(afternoon.events()))
    keys.press("g", "c")
    expect(page.get_by_role("heading", name="Calendar")).to_be_visible()
    ready(page)
    keys.press("a", "Control+v")
    expect(page.get_by_role("button", name="Add 7 events")).to_be_visible()
    keys.press("Tab", "Enter")
    expect(page.get_by_role("status").filter(has_text="Added 7")).to_be_visible()

    # Checked, tested, planned.
    ready(page)
    keys.press("g", "d")
    expect(page.locator("#checks-h")).to_contain_text("no errors")
    ready(page)
    keys.press("P")
    expect(page.get_by_role("heading", name="Issue 1 would go to 2 readers.")).to_be_visible()
    expect(page.get_by_text("Nothing to mend.")).to_be_visible()
    ready(page)
    keys.press("t")
    keys.type(COLLEAGUE)
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"A test went to {COLLEAGUE}")).to_be_visible()
    ready(page)
    keys.press("s")
    keys.type(f"{afternoon.at:%m%d%Y%I%M%p}")
    keys.press("Enter")
    expect(
        page.get_by_role("heading", name=re.compile("Issue 1 goes to 2 readers on Friday .* at 09:00"))
    ).to_be_visible()
    print(f"\nby keys alone: {keys.count} keystrokes, {time.monotonic() - began:.0f} s in the browser")
    assert_scheduled(afternoon)


@pytest.mark.parametrize("make", [Mouse, Finger, Plain], ids=["by-mouse", "by-finger", "without-script"])
def test_by_hand(window: Callable[..., Any], afternoon: Afternoon, make: type[Hand]) -> None:
    from playwright.sync_api import expect

    page = window(**make.window)
    hand, began = make(page), time.monotonic()
    outline = page.locator("#outline")

    hand.turn_to("Issue")
    hand.press(page.get_by_role("button", name="Begin a new issue").first)
    expect(outline.get_by_role("heading", name="Issue 1")).to_be_visible()
    for name in SECTIONS[1:]:
        if not page.locator("#new-section").is_visible():
            hand.press(page.get_by_text("Add a section", exact=True))
        hand.write(page.locator("#new-section"), name)
        hand.press(page.get_by_role("button", name="Add the section"))
        expect(outline.get_by_role("heading", name=name)).to_be_visible()
    hand.press(page.get_by_role("link", name="Rename, limit or remove the section Opening"))
    hand.write(page.get_by_placeholder("no heading"), FIRST)
    hand.press(outline.locator(".rename").get_by_role("button", name="Save"))
    expect(outline.get_by_role("heading", name=FIRST)).to_be_visible()

    # Triage: twelve go in, those before and between are skipped together, the others wait.
    hand.turn_to("Queue")
    titles = page.locator("#queue .story .title").all_text_contents()
    afternoon.plan = chosen(titles)
    for section in SECTIONS:
        for title in afternoon.plan[section]:
            row = page.locator("#queue .story", has=page.get_by_role("link", name=title, exact=True))
            hand.press(row.locator(".title"))
            expect(row).to_have_attribute("aria-current", "true")
            if section == FIRST:
                row.locator("#to-one").select_option(label=FIRST)
            hand.press(row.get_by_role("button", name=re.compile("^Into")))
            expect(row).to_contain_text("in draft 1")
    wanted = {title for part in afternoon.plan.values() for title in part}
    for title in [title for title in titles if title not in wanted][:5]:
        hand.tick(page.locator("#queue .story", has=page.get_by_role("link", name=title, exact=True)))
    hand.press(page.locator(".ticked").get_by_role("button", name="Skip"))
    expect(page.locator("#queue-h")).to_contain_text("63 to decide")

    hand.turn_to("Issue")
    expect(outline.locator(".block h4")).to_have_count(13)
    hall, about = afternoon.plan["Town hall"], afternoon.plan["Out and about"]
    hand.move(hall[2], before=about[0])
    about.insert(0, hall.pop())
    in_about = page.locator(".section", has=page.get_by_role("heading", name="Out and about"))
    expect(in_about.locator(".block h4")).to_have_text(about)

    for section, teaser in zip(SECTIONS[1:], TEASERS, strict=True):
        hand.press(page.get_by_role("link", name=f"Edit “{afternoon.plan[section][0]}”"))
        hand.write(outline.get_by_label("Teaser"), teaser)
        hand.write(outline.locator("[name=sentences]"), "1")
        hand.press(outline.get_by_role("button", name="sentences", exact=True))
        expect(outline.get_by_label("Blurb", exact=True)).to_have_value(re.compile(r"^[^.]+\.$"))
        hand.press(outline.get_by_role("button", name="Save", exact=True))
        expect(outline).to_contain_text(f"in the subject: {teaser}")

    hand.press(outline.get_by_role("link", name="Choose events"))
    hand.write(page.get_by_label("Your lines"), "\n".join(afternoon.events()))
    hand.press(page.get_by_role("button", name="Read first"))
    hand.press(page.get_by_role("button", name="Add 7 events"))
    expect(page.get_by_role("status").filter(has_text="Added 7")).to_be_visible()

    hand.press(page.get_by_role("link", name="Desk", exact=True))
    hand.turn_to("Issue")
    hand.press(page.get_by_role("link", name="Publish…"))
    expect(page.get_by_text("Nothing to mend.")).to_be_visible()
    hand.write(page.get_by_label("Send a test to"), COLLEAGUE)
    hand.press(page.get_by_role("button", name="Send a test"))
    expect(page.get_by_role("status").filter(has_text=f"A test went to {COLLEAGUE}")).to_be_visible()
    page.get_by_label("At", exact=True).fill(f"{afternoon.at:%Y-%m-%dT%H:%M}")
    hand.press(page.get_by_role("button", name="Schedule", exact=True))
    expect(
        page.get_by_role("heading", name=re.compile("Issue 1 goes to 2 readers on Friday .* at 09:00"))
    ).to_be_visible()
    print(f"\n{make.__name__}: {hand.count} times pressed, {time.monotonic() - began:.0f} s in the browser")
    assert_scheduled(afternoon)
