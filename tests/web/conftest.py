"""A desk on SQLite, asked as a browser asks: by its host name, with Origin, and with what it was given as cookies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.item import ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, items, publications, sources
from newsletter.web import passwords
from newsletter.web.app import Application
from newsletter.web.serving import place_for
from newsletter.web.setup import invite_first_user

ORIGIN = "http://127.0.0.1:8000"
PASSWORD = "ferry-house-12"


@dataclass
class Browser:
    """A browser that follows no redirects by itself."""

    client: TestClient

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        headers = {"origin": ORIGIN, "sec-fetch-site": "same-origin", **options.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value}
        return self.client.post(path, data=data or {}, headers=headers, **options)


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 is slow on purpose; one test of its own uses the real cost."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        workspace=tmp_path,
        base_url="http://127.0.0.1:8000",
        secret_keys=("a key for the tests of the web",),
        smtp=(Smtp(folder=tmp_path / "outbox", connections=2),),
    )


@pytest.fixture
def letter(sqlite_store: Store, clock: Clock) -> Publication:
    with sqlite_store.writing() as tx:
        return publications.add(
            tx,
            "Alderwick Letter",
            now=clock.now(),
            sender="Alderwick Letter <desk@letter.example.org>",
            address="Old Ferry House, 12 Mill Street, Alderwick",
            zone="America/New_York",
        )


@pytest.fixture
def visitor(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> Iterator[Browser]:
    """Somebody without a session."""
    app = Application(place_for(sqlite_store, settings, clock, letter, host="127.0.0.1"))
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        yield Browser(client)


@pytest.fixture
def editor(visitor: Browser, sqlite_store: Store, clock: Clock) -> Browser:
    """The same browser, signed in by the one-time link."""
    token = invite_first_user(sqlite_store, clock.now())
    answer = visitor.post(f"/setup/{token}", {"name": "Edda", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    return visitor


STORIES = (
    ("Youth club gets the old signal box", "Town council", "The town repairs the roof; the club paints the rest."),
    ("Library to open on Sundays", "Public library", "From April the doors are open from <em>noon</em> to five."),
    ("Eleven plots are free on the river side", "Allotment society", "Half plots, water on site, no waiting list."),
)


@pytest.fixture
def queue(sqlite_store: Store, clock: Clock, letter: Publication) -> list[ItemId]:
    """Three stories of a folder, to be decided; the newest first."""
    found = [
        ItemData(title=title, outlet=outlet, excerpt=f"<p>{excerpt}</p>", url=f"https://alderwick.example/{number}")
        for number, (title, outlet, excerpt) in enumerate(STORIES)
    ]
    with sqlite_store.writing() as tx:
        source = sources.add(
            tx, letter.id, kind=SourceKind.FOLDER, url="/alderwick/drop", name="Dropped files", now=clock.now()
        )
        ids = items.keep(tx, source.id, found, now=clock.now())
    return list(reversed(ids))
