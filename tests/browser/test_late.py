"""Answers that come late, or never: what one does goes out at once, and what one types stays."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import newsletter.web as web

from .journey import begin_issue, complaints_of, enter, open_block

pytestmark = pytest.mark.browser

STATIC = Path(web.__file__).parent / "static"
TEXTS = ("The ferry leaves at nine", "The mill is open")
LISTS = re.compile(r"/\?.*\bq=")
REFUSED = {"status": 404, "content_type": "text/html", "headers": {"x-frame-options": "DENY"}, "body": "Not found."}


@pytest.fixture(scope="module")
def page(chromium: Any, shared_desk: Any) -> Iterator[Any]:
    """An editor at an issue of two texts, beside a queue of a few stories."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    complaints = [one for one in complaints_of(opened) if "X-Frame-Options" not in one]
    enter(opened, shared_desk)
    begin_issue(opened, shared_desk.url, *TEXTS)
    expect(opened.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def held(page: Any) -> Iterator[list[Any]]:
    """The reads of the page's own script, which get no answer until they are let go."""
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        is_read = route.request.method == "GET" and "x-swap" in route.request.headers
        waiting.append(route) if is_read else route.continue_()

    page.route(LISTS, hold)
    yield waiting
    page.unroute(LISTS, hold)
    let_go(waiting)


def until(page: Any, held: list[Any], count: int) -> None:
    """So many requests are under way, or were."""
    for _ in range(100):
        if len(held) >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was asked for")


def let_go(held: list[Any]) -> None:
    """All answers, also of what nobody waits for any more."""
    while held:
        held.pop().continue_()


LIST = b"""<!doctype html><html lang="en"><title>Queue</title><script type="module" src="/static/swap.js"></script>
<div id="trouble" hidden></div><p id="status"></p><main id="main" data-swap="#main"><a href="/?q=slow">Filter</a>
<form method="post" action="/queue"><button name="do" value="skip">Skip</button></form></main>"""


class Slow(BaseHTTPRequestHandler):
    """A desk whose lists take their time: a read by a script is answered when the test is over."""

    asked: list[str]
    over: threading.Event

    def log_message(self, *_: object) -> None:
        """Nothing of it belongs on the terminal."""

    def do_GET(self) -> None:
        if "x-swap" in self.headers:
            self.asked.append("read")
            self.over.wait(30)
        is_script = self.path.startswith("/static/")
        found = (STATIC / self.path.removeprefix("/static/")).read_bytes() if is_script else LIST
        with suppress(OSError):  # it was given up
            self._answer(found, "text/javascript" if is_script else "text/html")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.asked.append("decision")
        self._answer(LIST, "text/html")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_a_decision_goes_out_at_once_though_a_list_is_awaited(chromium: Any) -> None:
    asked, over = list[str](), threading.Event()
    slow = type("Slowly", (Slow,), {"asked": asked, "over": over})
    server = ThreadingHTTPServer(("127.0.0.1", 0), slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context()
    page = context.new_page()
    try:
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="networkidle")
        page.get_by_role("link", name="Filter").click()
        until(page, asked, 1)
        page.get_by_role("button", name="Skip").click()
        until(page, asked, 3)
    finally:
        over.set()
        context.close()
        server.shutdown()
        server.server_close()
    assert asked == ["read", "decision", "read"], "the list is asked for again, and shows what was decided"


def test_what_is_typed_while_an_answer_is_on_its_way_stays(page: Any, held: list[Any]) -> None:
    from playwright.sync_api import expect

    field = page.locator("#q")
    field.fill("ferry")
    field.press("Enter")
    until(page, held, 1)
    field.press_sequentially(" house")
    let_go(held)
    expect(page).to_have_url(re.compile("q=ferry"))
    expect(field).to_have_value("ferry house")


def test_the_outline_follows_though_the_mail_cannot_be_framed(page: Any) -> None:
    from playwright.sync_api import expect

    open_block(page, TEXTS[0])
    headline = page.get_by_label("Headline", exact=True)
    page.route("**/preview.html*", lambda route: route.fulfill(**REFUSED))
    headline.fill("No mail of this")
    expect(page.locator("#outline .block h4").first).to_contain_text("No mail of this")
    expect(page.locator("#frames iframe")).to_have_count(1)
    page.unroute("**/preview.html*")
    headline.fill("A mail again")
    shown: Callable[..., Any] = page.frame_locator("iframe[name=mail]").get_by_role
    expect(shown("heading", name="A mail again")).to_be_visible()
