"""Debian's Chromium against a real server; skipped with the reason where either is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.item import ItemData
from newsletter.model.source import SourceKind
from newsletter.store import items, publications, sources
from newsletter.store.opening import open_store

from ..warm import Running
from .journey import complaints_of, enter, save_state
from .seeding import seed

SHOWN = 6_000
"""Characters of a page that a failed test shows."""
STORIES = (
    ("Youth club gets the old signal box", "Town council", "The town repairs the roof; the club paints the rest."),
    ("Library to open on Sundays", "Public library", "From April the doors are open from noon to five."),
    ("Eleven plots are free on the river side", "Allotment society", "Half plots, water on site, no waiting list."),
    ("Mill Lane closed to cars for two weeks", "Cycling campaign", "Children walk and ride in the middle of the road."),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what stood on its pages: a picture is not seen in a log."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.when == "call" and report.failed and browser is not None:
        for page in [page for context in browser.contexts for page in context.pages]:
            with suppress(Exception):  # it may have gone with the failure
                seen = page.locator("body").aria_snapshot(timeout=2_000)
                report.sections.append(("page", f"{page.url}\n{seen[:SHOWN]}"))
    return report


@dataclass(frozen=True)
class Desk:
    """A served workspace, and the one-time link that it printed."""

    url: str
    link: str
    workspace: Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """`newsletter serve` on a workspace with a few collected stories, which nobody has entered yet."""
    with served(a_few(tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same, one for all tests of a file: each makes an issue of its own."""
    with served(a_few(tmp_path_factory.mktemp("desk"))) as opened:
        yield opened


def a_few(tmp_path: Path) -> Path:
    """A workspace with a few collected stories and two readers."""
    (tmp_path / "newsletter.toml").write_text('secret_key = "for the browser"\n[[smtp]]\nurl = "file:outbox"\n')
    now = Clock().now()
    store = open_store("sqlite:///newsletter.db", tmp_path)
    with store.writing() as tx:
        letter = publications.add(
            tx,
            "Alderwick Letter",
            now=now,
            sender="Alderwick Letter <desk@letter.example.org>",
            address="Old Ferry House, 12 Mill Street, Alderwick",
            zone="America/New_York",
        )
        drop = sources.add(tx, letter.id, kind=SourceKind.FOLDER, url=str(tmp_path / "drop"), name="Drop", now=now)
        found = [
            ItemData(title=title, outlet=outlet, excerpt=f"<p>{excerpt}</p>", url=f"https://alderwick.example/{number}")
            for number, (title, outlet, excerpt) in enumerate(STORIES)
        ]
        items.keep(tx, drop.id, found, now=now)
    for address in ("ana@example.org", "bo@example.com"):
        readers.add(store, Clock(), letter.id, address)
    store.close()
    return tmp_path


@pytest.fixture(scope="module")
def session(chromium: Any, shared_desk: Desk) -> Any:
    """The cookies of an administrator of the desk that a file shares."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    context = chromium.new_context()
    page = context.new_page()
    enter(page, shared_desk)
    state = save_state(page)
    context.close()
    return state


@pytest.fixture
def window(request: pytest.FixtureRequest, chromium: Any, session: Any) -> Iterator[Callable[..., Any]]:
    """Windows of that person, each as of a browser of its own: it complains of nothing. A file may say their SIZE."""
    width, height = getattr(request.module, "SIZE", (1440, 900))
    opened: list[tuple[Any, list[str]]] = []

    def open_one(**options: Any) -> Any:
        usual = {"viewport": {"width": width, "height": height}, "storage_state": session}
        context = chromium.new_context(**usual | options)
        page = context.new_page()
        opened.append((context, complaints_of(page)))
        return page

    yield open_one
    for context, complaints in opened:
        context.close()
        assert complaints == []


@pytest.fixture
def afternoon(tmp_path: Path) -> Iterator[Desk]:
    """`newsletter serve` on a workspace with eighty items of fifteen outlets, as on a Thursday afternoon."""
    (tmp_path / "newsletter.toml").write_text('secret_key = "for the browser"\n[[smtp]]\nurl = "file:outbox"\n')
    letter = seed(tmp_path, 80)
    store = open_store("sqlite:///newsletter.db", tmp_path)
    for address in ("ana@example.org", "bo@example.com"):
        readers.add(store, Clock(), letter.id, address)
    store.close()
    with served(tmp_path) as opened:
        yield opened


@contextmanager
def served(tmp_path: Path) -> Iterator[Desk]:
    """A running `newsletter serve`, which ends well."""
    told = {"NEWSLETTER_BASE_URL": "http://127.0.0.1"}
    process = Running("--workspace", tmp_path, "serve", "--port", "0", environ=told)
    said = process.stderr.readline() + process.stderr.readline()
    link = re.search(r"(http://\S+)/setup/\S+", said)
    assert link, said
    yield Desk(link[1], link[0], tmp_path)
    process.terminate()
    assert process.wait(60) == 0
    process.close()
