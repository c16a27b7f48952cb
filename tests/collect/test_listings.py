"""Saved listing pages, saved issues and hard-wrapped posts become the items a person would see."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from newsletter.collect.ask import _chrome
from newsletter.collect.folder import DroppedFile
from newsletter.collect.found import Document, Found
from newsletter.collect.reading import read_document
from newsletter.collect.worker import Readers

PLACES = ["bridge", "ferry", "harbour", "library", "market", "museum", "orchard", "school", "station", "theatre"]
DONATE = "Support the Ferry. Readers like you keep our reporting alive, and every gift is doubled until the end of May."
SIGN_UP = "Sign up for our newsletter"


def stories(page: int) -> list[tuple[str, str]]:
    """Fifteen stories of a page: headline and excerpt."""
    found = []
    for number in range(15):
        place = PLACES[(number + page) % 10]
        title = f"The {place} of Alderwick opens its doors, round {page * 15 + number}"
        text = f"On page {page} the {place} tells for the {number}th time how it was built by people. It shows more."
        found.append((title, text))
    return found


def as_text(page: int, *, wrapped: bool = False, without: int | None = None) -> bytes:
    lines = ["The Alderwick Ferry", "News  Sport  Weather  About us", f"Latest stories, page {page}"]
    for number, (title, text) in enumerate(stories(page)):
        if number in (4, 9):
            lines += [DONATE, SIGN_UP]
        lines += ([] if number == without else [title]) + [textwrap.fill(text, 72) if wrapped else text]
    return "\n\n".join([*lines, "© The Alderwick Ferry"]).encode()


def as_html(page: int, *, boxes: bool = True, without: int | None = None) -> bytes:
    parts = []
    for number, (title, text) in enumerate(stories(page)):
        if number in (4, 9):
            parts.append(
                f"<div class='ask'><h2>Support us</h2><p>{DONATE}</p><form><input><button>Go</button></form></div>"
            )
        head = "" if number == without else f"<h2><a href='/{page}/{number}'>{title}</a></h2>"
        story = f"{head}<p class='by'>By Ana Reyes</p><p>{text}</p>"
        more = f"<p><a href='/{page}/{number}'>Read more</a></p>"
        parts.append(f"<article>{story}{more}</article>" if boxes else story + more)
    return (
        f"<!doctype html><html><head><title>News, page {page} | The Ferry</title><base href='https://ferry.example.org/'>"
        f"</head><body><header><p>The Alderwick Ferry</p></header><nav><ul><li>News</li></ul></nav><main><h1>News</h1>"
        f"{''.join(parts)}</main><footer><p>All rights reserved by the Ferry of Alderwick and its people.</p></footer>"
        "</body></html>"
    ).encode()  # fmt: skip


def read(pages: list[bytes], ending: str, **more: Any) -> list[Found]:
    files = [DroppedFile(f"{number}{ending}", ending, body) for number, body in enumerate(pages)]

    class Direct(Readers):
        def read(self, document: Document) -> Found:
            return read_document(document)

    chrome = _chrome(files, Direct())
    return [
        read_document(
            Document(name=one.name, format=ending, body=one.content, chrome=chrome.get(one.name, frozenset()), **more)
        )
        for one in files
    ]


@pytest.mark.parametrize("how", [{}, {"wrapped": True}])
def test_three_sibling_listings_of_text_give_their_fifteen_items_each(how: dict[str, bool]) -> None:
    for page, found in enumerate(read([as_text(page, **how) for page in (1, 2, 3)], ".txt"), start=1):
        assert [(one.title, one.excerpt) for one in found.items] == stories(page)


@pytest.mark.parametrize("how", [{}, {"boxes": False}])
def test_three_sibling_listings_of_html_give_their_fifteen_items_each(how: dict[str, bool]) -> None:
    for page, found in enumerate(read([as_html(page, **how) for page in (1, 2, 3)], ".html"), start=1):
        assert [(one.title, one.excerpt) for one in found.items] == [(t, f"<p>{x}</p>") for t, x in stories(page)]
        assert found.items[0].url == f"https://ferry.example.org/{page}/0"
        assert found.items[0].author == "Ana Reyes"


@pytest.mark.parametrize(("make", "ending"), [(as_text, ".txt"), (as_html, ".html")])
def test_a_listing_alone_is_read_without_its_chrome_as_far_as_it_repeats(make: Any, ending: str) -> None:
    (found,) = read([make(1)], ending)
    assert [one.title for one in found.items if one.title] == [title for title, _ in stories(1)]


@pytest.mark.parametrize(("make", "ending"), [(as_text, ".txt"), (as_html, ".html")])
def test_an_excerpt_without_a_headline_stays_an_item(make: Any, ending: str) -> None:
    found = read([make(1, without=7), make(2), make(3)], ending)[0]
    assert [one.title for one in found.items] == [t if n != 7 else "" for n, (t, _) in enumerate(stories(1))]


def test_two_posts_beside_each_other_are_two_posts() -> None:
    text = "The river rose in the night, and the people of the town carried what they could up the hill. " * 3
    posts = [
        f"Post {n}\n\n{text}\n\nIt was the {n}th time, said those who remember.\n\nThe end came late.".encode()
        for n in (1, 2)
    ]
    assert [len(found.items) for found in read(posts, ".txt")] == [1, 1]


ISSUE = """The Lantern, 4 June

The Ferry: Bridge reopens
The old bridge has been open again since Monday morning, and the first to cross it was a baker with his cart.

The Ferry: Bridge tolls rise and nobody along the river has been asked, says the council in a note.

Hill Weekly: School wins prize

Bolivia: A letter from the salt flats

- July 6-7 Street fair, Mill Street
- July 8: Reading group, 6 pm, Library
- Bring a chair
"""


def test_a_saved_issue_gives_items_with_their_outlets_and_its_dated_bullets() -> None:
    (found,) = read([ISSUE.encode()], ".txt", outlets=frozenset(["The ferry", "Hill Weekly"]))
    assert [(one.outlet, one.title[:24], one.flags) for one in found.items] == [
        ("The ferry", "Bridge reopens", ()),
        ("The ferry", "Bridge tolls rise and no", ("split-me",)),
        ("Hill Weekly", "School wins prize", ()),
        (None, "Bolivia: A letter from t", ("proposed-outlet: Bolivia",)),
    ]
    assert found.items[0].excerpt.startswith("<p>The old bridge has been open")
    assert found.event_lines == ("July 6-7 Street fair, Mill Street", "July 8: Reading group, 6 pm, Library")


def test_an_excerpt_right_under_its_headline_is_not_joined_with_it() -> None:
    told = "On Monday the {0} mill turned for the first time in years, and many people came to look at it from afar."
    box = "Donate now\nWe need more readers to give this week, so that we can go on reporting about all mills.\n\n"
    colours = ("red", "green", "blue", "white", "black", "amber")
    stories = [f"{colour.title()} mill turns again\n{told.format(colour)}\n\n" for colour in colours]
    text = "ALDERWICK HERALD\n\n" + "".join(stories[:3]) + box + "".join(stories[3:]) + box + "Contact us | Imprint\n"
    (found,) = read([text.encode()], ".txt", outlets=frozenset())
    assert [item.title for item in found.items] == [f"{colour.title()} mill turns again" for colour in colours]
    assert all(told.format(colour) in item.excerpt for colour, item in zip(colours, found.items, strict=True))


def test_an_article_with_headings_stays_one_item_beside_others_of_its_site() -> None:
    def article(name: str) -> bytes:
        text = "".join(
            f"<h2>The {name} in {year}</h2><p>{TOLD.format(name, year)}</p><p>In {year} {name} slept.</p>"
            for year in range(1990, 1995)
        )
        main = f"<article><h1>All about {name}</h1>{text}</article>"
        return f"<html><body><header>The Ferry</header>{main}<footer>The Ferry and all</footer></body></html>".encode()

    found = read([article(name) for name in ("mills", "boats", "bells")], ".html")
    assert [[item.title for item in one.items] for one in found] == [
        ["All about mills"], ["All about boats"], ["All about bells"]
    ]  # fmt: skip


TOLD = (
    "Of the {0} of Alderwick the chronicle of {1} says that they were many, and that people came from far to see them."
)


def test_a_listing_of_table_cells_gives_its_headlines() -> None:
    cells = "".join(
        f"<tr><td><b><a href='https://ferry.example.org/{n}'>The {place} opens</a></b><br>{TOLD.format(place, n)}</td>"
        for n, place in enumerate(PLACES)
    )
    (found,) = read([f"<html><body><table><tr><td>The Ferry</td></tr>{cells}</table></body></html>".encode()], ".html")
    assert [(item.title, item.url) for item in found.items] == [
        (f"The {place} opens", f"https://ferry.example.org/{n}") for n, place in enumerate(PLACES)
    ]
    assert not any("<br>" in item.excerpt for item in found.items)


CALENDAR = "* Dec 4, 7pm: Carol practice\n* Dec 12-13 Winter fair\n"


@pytest.mark.parametrize(
    ("paragraphs", "after", "items"),
    [
        (
            ("Town council: Pool roof approved.", "Riverside Radio: Ferry stops again.", "Choir: Tenors wanted."),
            CALENDAR,
            3,
        ),
        (("Town council: Pool roof approved.", "Riverside Radio: Ferry stops again.", "Choir: Tenors wanted."), "", 1),
        (
            ("Question: Why a ferry?", "Ada Moss: It is fun.", "Question: And in winter?", "Ada Moss: Also."),
            CALENDAR,
            1,
        ),
    ],
)
def test_unknown_names_make_an_issue_where_a_calendar_follows(
    paragraphs: tuple[str, ...], after: str, items: int
) -> None:
    text = "\n\n".join(("Good morning, Alderwick", *paragraphs, after))
    (found,) = read([text.encode()], ".txt", outlets=frozenset())
    assert len(found.items) == items
    if items > 1:
        assert len(found.event_lines) == 2


def test_a_hard_wrapped_post_is_one_item_and_a_sentence_that_breaks_off_is_marked() -> None:
    whole = "The river rose in the night and nobody slept. By the morning it stood in the well-known square. " * 3
    end = "Then the water went, and what it left was mud and a boat that nobody"
    post = f"A long night\n\n{textwrap.fill(whole, 60)}\n\n{end}"
    (found,) = read([post.encode()], ".txt")
    (item,) = found.items
    assert item.body.startswith(f"<p>{whole.strip()}</p>")
    assert item.flags == ("breaks-off",)
    (whole_post,) = read([post.replace(" that nobody", ".").encode()], ".txt")
    assert whole_post.items[0].flags == ()
