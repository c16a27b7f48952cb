"""Thursday afternoon: eighty new items, and what must come of them, by whatever hand it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.store.opening import open_store

from ..warm import ROOT, Running, run
from .conftest import Desk, served
from .seeding import OUTLETS, seed

ZONE = ZoneInfo("America/New_York")
FIRST = "First of all"
SECTIONS = (FIRST, "Town hall", "Out and about", "On the move")
IN_EACH = 3
COLLEAGUE = "colleague@example.org"
TEASERS = ("The roof holds", "Six tenors wanted", "Late buses")
"""Of the first block of the second, third and fourth section."""


@dataclass
class Afternoon:
    """A desk with eighty items, the server that takes its mail, and the Friday that is meant."""

    desk: Desk
    log: Path
    """A line for each message that was handed over."""
    at: datetime
    plan: dict[str, list[str]] = field(default_factory=dict)
    """The titles that go into each section, in the order of the queue."""

    def events(self) -> list[str]:
        """Seven lines as somebody sends them, all after the issue."""

        def day(after: int) -> str:
            return f"{self.at + timedelta(days=after):%-d %B %Y}"

        return [
            f"{day(1)}, 10am Seed swap, Town Hall",
            f"{day(2)} Rowing regatta",
            f"{day(3)}, 7pm Council meeting, Old Ferry House",
            f"{day(4)}, 19:30 Choir rehearsal, St Mary’s",
            f"{day(5)} Repair café",
            f"{day(6)}, 2pm Swift count",
            f"{day(7)}, 8pm Film night, Old Ferry House",
        ]

    def told(self, *words: object) -> Any:
        """What the command line says about this workspace, as JSON."""
        told = {"NEWSLETTER_BASE_URL": "http://127.0.0.1"}  # as the desk was told
        done = run("--workspace", self.desk.workspace, "--json", *words, environ=told)
        done.check_returncode()
        return json.loads(done.stdout)

    def taken(self) -> list[str]:
        """Who was written to so far."""
        return self.log.read_text().split() if self.log.exists() else []


@contextmanager
def thursday(workspace: Path) -> Iterator[Afternoon]:
    """The desk as it is found, and a real SMTP server beside it."""
    log = workspace / "taken.log"
    recorder = Running(log, script=ROOT / "tests/send/smtp_recorder.py")
    try:
        port = int(recorder.stdout.readline())
        (workspace / "newsletter.toml").write_text(
            f'secret_key = "for the browser"\n[[smtp]]\nurl = "smtp://127.0.0.1:{port}?starttls=never"\n'
        )
        letter = seed(workspace, 80)
        store = open_store("sqlite:///newsletter.db", workspace)
        for address in ("ana@example.org", "bo@example.com"):
            readers.add(store, Clock(), letter.id, address)
        store.close()
        with served(workspace) as desk:
            yield Afternoon(desk, log, next_friday(datetime.now(ZONE)))
    finally:
        recorder.terminate()
        recorder.wait(30)
        recorder.close()


def next_friday(now: datetime) -> datetime:
    """The next Friday at nine that is not today."""
    ahead = (4 - now.weekday()) % 7 or 7
    day: date = (now + timedelta(days=ahead)).date()
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


def chosen(titles: list[str]) -> dict[str, list[str]]:
    """Three for each section: those its outlets are for, and for the first one three that would go elsewhere."""
    own = dict(OUTLETS)
    plan: dict[str, list[str]] = {name: [] for name in SECTIONS}
    for title in titles:
        section = next(own[outlet] for outlet in own if title.startswith(outlet))
        wanted = section if len(plan[section]) < IN_EACH else FIRST
        if len(plan[wanted]) < IN_EACH:
            plan[wanted].append(title)
    assert all(len(part) == IN_EACH for part in plan.values())
    return plan


def assert_scheduled(afternoon: Afternoon) -> None:
    """Twelve items in four sections and in this order, seven events, tested, checked, approved, and due on Friday."""
    issue = afternoon.told("issue", "show", 1)
    assert (issue["state"], issue["schedule"]["zone"]) == ("scheduled", "America/New_York")
    assert datetime.fromisoformat(issue["schedule"]["at"]) == afternoon.at
    assert issue["rendition"]["checksum"]
    titles = {one["id"]: one["title"] for one in afternoon.told("items", "list", "--limit", 500)}
    sections = issue["sections"]
    assert [part["name"] for part in sections] == list(SECTIONS)
    assert {
        part["name"]: [titles[item] for block in part["blocks"] for item in block["items"]] for part in sections
    } == afternoon.plan
    assert sections[-1]["blocks"][-1]["kind"] == "calendar"
    assert [part["blocks"][0]["teaser"] for part in sections[1:]] == list(TEASERS)
    assert [len(part["blocks"][0]["blurb"].split(". ")) for part in sections[1:]] == [1, 1, 1], "cut to one sentence"
    assert afternoon.told("issue", "check", 1) == {"ok": True, "findings": []}
    assert len(afternoon.told("events", "list")) == len(afternoon.events())
    made = afternoon.told("issue", "render", 1, "--out", afternoon.desk.workspace / "made")
    text = " ".join(Path(made["text"]).read_text().split())
    for line in ("Seed swap", "Rowing regatta", "Council meeting", "Choir rehearsal", "Swift count", "Film night"):
        assert line in text
    for teaser in TEASERS:
        assert teaser in issue["subject"] or teaser in text
    assert any(COLLEAGUE in line for line in afternoon.taken())
