"""Collecting thirty feeds, beside a bare loop of feedparser; and collecting them again, unchanged."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import feedparser
import pytest
from sqlalchemy import func, select

from newsletter.clock import Clock
from newsletter.settings import Fetching, Settings
from newsletter.store import Store, publications, schema
from newsletter.workflows import sources
from newsletter.workflows.collect import collect

pytestmark = pytest.mark.benchmark

FEEDS, ENTRIES = 30, 40
TEXT = "The ferry at Alderwick runs again, and <a href='/map'>the map</a> shows where it lands. " * 20


def feed(number: int) -> bytes:
    entries = "".join(
        f"<item><title>Story {number}.{n}</title><link>https://a.example/{number}/{n}</link><guid>{number}-{n}</guid>"
        f"<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><description><![CDATA[<p>{TEXT}</p>]]></description></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{entries}</channel></rss>'.encode()


def rows(store: Store) -> dict[str, int]:
    tables = (schema.item, schema.item_version, schema.triage, schema.event)
    with store.reading() as tx:
        return {one.name: tx.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}


def test_thirty_feeds_twice_beside_bare_feedparser(sqlite_store: Store, clock: Clock, web: Any, tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, fetching=Fetching(allow_private_hosts=True))
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now())
    bodies = [feed(number) for number in range(FEEDS)]
    for number, body in enumerate(bodies):
        # Every other server knows no conditional requests: what it sends is read again, and found the same.
        headers = {"etag": f'"{number}"'} if number % 2 else {}
        sources.add(sqlite_store, clock, publication, web.serve(f"/{number}", body, **headers))

    def seconds(work: Any) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def once() -> None:
        collect(sqlite_store, settings, clock, publication)

    bare = seconds(lambda: [feedparser.parse(io.BytesIO(body)) for body in bodies])
    first = seconds(once)
    before = rows(sqlite_store)
    second = seconds(once)
    print(f"\n{FEEDS} feeds of {ENTRIES} entries: feedparser alone {bare:.2f} s", end="")
    print(f"; collected {first:.2f} s ({first / bare:.2f}×), again {second:.2f} s ({second / bare:.2f}×)")
    assert rows(sqlite_store) == before
    assert before["item"] == FEEDS * ENTRIES
