"""Every page that can be reached, asked by axe-core: light and dark, wide and on a phone, at the desk and for readers.

`NEWSLETTER_DESK=http://127.0.0.1:8000/setup/…` asks a running `newsletter serve` instead (its one-time link, or any
page; `NEWSLETTER_DESK_COOKIE=desk=…` is a session there).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from ..warm import run

pytestmark = pytest.mark.browser

PASSWORD = "ferry-house-12"
LINES = (
    "every Tuesday 19:30 Choir, Town Hall",
    "5 June 2027 Winter fair",
    "5 June 2027, 7pm The winter fair at the Mill, more: https://mill.example/",
)
LOOKS = ((1280, "light"), (390, "dark"))
MOST = 80
"""Pages of different kinds; there are fewer."""
ELSEWHERE = re.compile(
    r"\.(?:ics|csv|xml|atom|txt|json|opml|eml|png|html)$|/google$|/outlook$"
    r"|^/(?:metrics|healthz|readyz|static/)|^/issues/\d+/proof$"  # the last is a part of the desk, for its own script
)


def enter(page: Any, desk: Any) -> None:
    """Set the password by the one-time link."""
    page.goto(desk.link)
    page.get_by_label("Your name").fill("Edda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Open the desk").click()
    page.wait_for_url(f"{desk.url}/")


def work(desk: Any) -> None:
    """Something on every page: dates, a line that cannot be read, an issue that was sent, a draft with items."""
    told = {"NEWSLETTER_BASE_URL": desk.url}
    for words in (
        ("items", "pick", "--newest", "2"),
        ("events", "add", *LINES),
        ("issue", "new"),
        ("issue", "fill", "1"),
        ("issue", "send", "1", "--approve", "--yes"),
        ("items", "pick", "--newest", "3"),
        ("issue", "new"),
        ("issue", "fill", "2"),
    ):
        done = run("--workspace", desk.workspace, *words, environ=told)
        assert done.returncode == 0, (words, done.stderr)


def kind_of(url: str) -> str:
    """What pages of the same template have in common."""
    parts = urlsplit(url)
    return re.sub(r"\d+", "N", parts.path)


def pages(page: Any, start: str) -> Iterator[str]:
    """One address of each kind of page that links lead to, and that is open in `page` while it is told.

    A link that leads to no page is a fault too.
    """
    base = "{0.scheme}://{0.netloc}".format(urlsplit(start))
    waiting, seen = [start], {kind_of(start)}
    while waiting:
        url = waiting.pop(0)
        answer = page.goto(url)
        assert answer is None or answer.status < 400, (url, answer.status, answer.text()[:500])
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield url
        for href in page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))"):
            other = urljoin(page.url, href).partition("#")[0]
            if other.startswith(base) and not ELSEWHERE.search(urlsplit(other).path) and kind_of(other) not in seen:
                seen.add(kind_of(other))
                waiting.append(other)


def faults(page: Any, axe: Callable[..., list[str]], url: str) -> list[str]:
    """What axe says of the page that is open, in every look, with all that folds unfolded."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        found += [f"{urlsplit(url).path} {width} {scheme}: {one}" for one in axe(page)]
    return found


def test_every_page_is_without_a_fault_that_axe_knows(
    chromium: Any, axe: Callable[..., list[str]], request: pytest.FixtureRequest
) -> None:
    # Colours that are on their way from one scheme to the other are nobody's.
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    found: list[str] = []

    def ask_all(start: str) -> None:
        for url in pages(page, start):
            asked.append(kind_of(url))
            found.extend(faults(page, axe, url))
            assert len(asked) <= MOST, asked

    if running := os.environ.get("NEWSLETTER_DESK"):
        name, _, value = os.environ.get("NEWSLETTER_DESK_COOKIE", "").partition("=")
        if value:
            context.add_cookies([{"name": name, "value": value, "url": running}])
        ask_all(running)
    else:
        desk = request.getfixturevalue("desk")
        for url in (desk.link, f"{desk.url}/signin"):
            page.goto(url)
            found += faults(page, axe, url)
        enter(page, desk)
        work(desk)
        ask_all(f"{desk.url}/")
        ask_all(f"{desk.url}/events")
        ask_all(f"{desk.url}/archive")
        for pressed in ("Look at it first…", "Import 1 row"):  # pages that no link leads to
            if pressed.startswith("Look"):
                page.goto(f"{desk.url}/readers")
                page.get_by_label("A whole list (.csv)").set_input_files(
                    {"name": "readers.csv", "mimeType": "text/csv", "buffer": b"email\ncy@example.org\nnobody\n"}
                )
            page.get_by_role("button", name=pressed).click()
            page.get_by_role("table", name="Rejected rows").wait_for()
            found += faults(page, axe, page.url)
    context.close()
    assert not found, "\n".join(sorted(set(found)))
    if not running:
        assert {"/", "/calendar", "/calendar/N", "/issues", "/issues/N", "/sources", "/readers", "/events"} <= set(
            asked
        )
