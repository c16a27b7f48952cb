"""Collecting from feeds and folders, end to end: a real server on loopback, a real store, a real worker process."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.event import EventStatus
from newsletter.model.publication import Publication
from newsletter.model.source import SourceStatus
from newsletter.store import Store
from newsletter.workflows.collect import Outcome

ENTRY = "<item><title>{0}</title><link>https://alderwick.example.org/{0}</link><guid>{0}</guid><description>{1}</description></item>"


def rss(*entries: tuple[str, str], title: str = "Alderwick Times") -> str:
    body = "".join(ENTRY.format(*entry) for entry in entries)
    return f'<rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'


def drop(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    when = time.time() - 60
    os.utime(path, (when, when))
    return path


def told(outcome: Outcome) -> tuple[str, int, int]:
    return (outcome.status.value, outcome.new, outcome.updated)


def test_a_second_run_writes_nothing(
    store: Store, publication: Publication, clock: Clock, web: Any, tmp_path: Path, desk_class: Any
) -> None:
    desk = desk_class(store, publication, clock, tmp_path)
    desk.add(web.serve("/polite", rss(("Bridge", "a"), ("Fair", "b")), etag='"1"'))
    desk.add(web.serve("/simple", rss(("Bridge", "a"), ("Ferry", "c"), ("Ferry", "c"))))
    drop(tmp_path / "drop", "walk.md", "# River walk\n\nText.")
    drop(tmp_path / "drop", "fair.ics", CALENDAR)
    desk.add(tmp_path / "drop")
    first = desk.collect()
    assert [told(one) for one in first.outcomes] == [("ok", 2, 0), ("ok", 2, 0), ("ok", 1, 0)]
    assert [one.events for one in first.outcomes] == [0, 0, 1]
    before = desk.rows()
    again = desk.collect()
    assert [told(one) for one in again.outcomes] == [("not-modified", 0, 0), ("ok", 0, 0), ("ok", 0, 0)]
    assert [told(one) for one in desk.collect(force=True).outcomes] == [("ok", 0, 0)] * 3
    assert desk.rows() == before == {"item": 5, "item_version": 5, "triage": 5, "event": 1}


CALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alderwick//EN",
        "BEGIN:VEVENT",
        "UID:fair@alderwick.example.org",
        "DTSTAMP:20261101T000000Z",
        "DTSTART;VALUE=DATE:20261205",
        "SUMMARY:Winter fair",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


def test_a_dropped_calendar_is_deliberate_and_its_events_are_confirmed(desk: Any, tmp_path: Path) -> None:
    from newsletter.store import events

    drop(tmp_path / "drop", "fair.ics", CALENDAR)
    drop(tmp_path / "drop", "broken.ics", "no calendar")
    desk.add(tmp_path / "drop")
    outcome = desk.only()
    assert outcome.events == 1
    assert "broken.ics" in (outcome.error or "")
    with desk.store.reading() as tx:
        (event,) = events.listing(tx, desk.publication.id)
    assert (event.data.title, event.data.status) == ("Winter fair", EventStatus.CONFIRMED)


def test_an_edited_entry_is_a_new_version(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", rss(("Bridge", "closed"))))
    desk.collect()
    web.serve("/feed", rss(("Fair", "new"), ("Bridge", "open again")))
    assert told(desk.only()) == ("ok", 1, 1)
    assert {(one.latest.title, one.latest.excerpt, one.latest.number) for one in desk.queue()} == {
        ("Bridge", "open again", 2),
        ("Fair", "new", 1),
    }


def test_a_file_that_is_edited_or_renamed_stays_one_item(desk: Any, tmp_path: Path) -> None:
    path = drop(tmp_path / "drop", "walk.md", "# River walk\n\nText.")
    desk.add(tmp_path / "drop")
    desk.collect()
    path.rename(tmp_path / "drop" / "river.md")
    assert told(desk.only()) == ("ok", 0, 0)
    drop(tmp_path / "drop", "river.md", "# River walk\n\nMore text.")
    assert told(desk.only()) == ("ok", 0, 1)
    assert desk.titles() == ["River walk"]


def test_a_feed_names_its_source_unless_a_person_did(desk: Any, web: Any) -> None:
    desk.add(web.serve("/a", rss(("Bridge", "x"))))
    desk.add(web.serve("/b", rss(("Fair", "x"))), name="My name", outlet="The Ferry")
    assert [one.source.name for one in desk.collect().outcomes] == ["Alderwick Times", "My name"]
    assert {one.latest.outlet for one in desk.queue()} == {"Alderwick Times", "The Ferry"}


def test_one_bad_source_never_stops_the_rest(desk: Any, web: Any, tmp_path: Path) -> None:
    (tmp_path / "gone-folder").mkdir()
    (tmp_path / "empty").mkdir()
    addresses = {
        "http://127.0.0.2:9/feed": ("error", "refused the connection"),
        web.serve("/page", "<!doctype html><html><body>Hi", content_type="text/html"): ("error", "web page"),
        web.serve("/big", "x" * 60_000): ("error", "sent more than"),
        web.serve("/gone", status=410): ("gone", "gone for good"),
        web.serve("/empty"): ("error", "is empty"),
        web.serve("/good", rss(("Bridge", "x"))): ("ok", ""),
        str(tmp_path / "gone-folder"): ("error", "does not exist"),
        str(tmp_path / "empty"): ("ok", ""),
    }
    for address in addresses:
        desk.add(address)
    (tmp_path / "gone-folder").rmdir()
    report = desk.collect()
    for outcome, (status, words) in zip(report.outcomes, addresses.values(), strict=True):
        assert outcome.status.value == status, outcome
        assert words in (outcome.error or "")
    assert desk.titles() == ["Bridge"]
    assert len(report.failed) == 6
    again = desk.collect()
    assert [one.status.value for one in again.outcomes if not one.asked] == ["waiting"] * 3 + ["gone", "waiting"]
    assert len(again.asked) == 3
    desk.later(hours=1)
    assert len(desk.collect().asked) == 7


def test_patience_is_kept_and_force_asks_anyway(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", status=429, retry_after="3600"))
    assert desk.only().status is SourceStatus.ERROR
    web.serve("/feed", rss(("Bridge", "x")))
    assert desk.only().status is SourceStatus.WAITING
    assert len(web.asked) == 1
    assert told(desk.only(force=True)) == ("ok", 1, 0)
    assert desk.source().memory.next_at is None


def test_a_feed_that_moved_for_good_is_asked_there_after_three_checks(desk: Any, web: Any) -> None:
    desk.add(web.serve("/old", status=301, location="/new"))
    web.serve("/new", rss(("Bridge", "x")))
    for _ in range(3):
        desk.collect()
    assert desk.source().url == web.url("/new")
    assert desk.titles() == ["Bridge"]


def test_a_broken_answer_does_not_hide_the_next_good_one(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", "<html>", etag='"same"'))
    desk.collect()
    web.serve("/feed", rss(("Bridge", "x")), etag='"same"')
    assert told(desk.only(force=True)) == ("ok", 1, 0)


def test_odd_dates_are_flagged_and_kept(desk: Any, web: Any) -> None:
    body = rss(("Bridge", "x")).replace("<guid>", "<pubDate>Mon, 01 Jan 2035 10:00:00 GMT</pubDate><guid>")
    desk.add(web.serve("/feed", body))
    desk.collect()
    (item,) = desk.queue()
    assert item.flags == ("future-date",)
    assert item.latest.published is not None


def test_a_young_file_waits_unless_forced(desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drop").mkdir()
    desk.add(tmp_path / "drop")
    path = tmp_path / "drop" / "young.md"
    path.write_text("# Young")
    os.utime(path)
    monkeypatch.setattr("newsletter.collect.folder.time.time", lambda: path.stat().st_mtime + 0.5)
    assert desk.only().waiting == ("young.md",)
    monkeypatch.setattr("newsletter.collect.folder.time.sleep", lambda _: None)
    assert told(desk.only(force=True)) == ("ok", 1, 0)


def test_private_addresses_are_a_reason_unless_the_settings_allow_them(desk: Any, web: Any) -> None:
    desk.settings = replace(desk.settings, fetching=replace(desk.settings.fetching, allow_private_hosts=False))
    desk.add(web.serve("/feed", rss(("Bridge", "x"))))
    assert "private address" in (desk.only().error or "")
    assert web.asked == []
