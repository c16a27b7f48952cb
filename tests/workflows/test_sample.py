"""The sample content can be read by what reads the real thing, whatever day it is."""

from __future__ import annotations

import json
import re
from calendar import timegm
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.workflows import sample

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
DAYS = [NOW, datetime(2026, 12, 30, 3, 0, tzinfo=UTC), datetime(2028, 2, 28, 23, 0, tzinfo=UTC)]
ALLOWED = {"purl.org", "www.w3.org", "jsonfeed.org"}  # names of formats, which nobody follows


def everything(now: datetime) -> dict[str, str]:
    files = {name: content.decode() for name, content in (sample.feeds(now) | sample.dropped(now)).items()}
    texts = (
        sample.event_lines(now),
        sample.words_of_the_editors(now),
        sample.appeal(now),
        sample.call_for_submissions(now),
    )
    return files | {str(number): text for number, text in enumerate(texts)}


@given(st.integers(0, 5000).map(lambda hours: NOW + timedelta(hours=17 * hours)))
def test_no_placeholder_is_left_on_any_day(now: datetime) -> None:
    assert not [name for name, text in everything(now).items() if "@@" in text]


def test_a_placeholder_with_a_form_nobody_knows_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="@@-1 moon@@"):
        sample.dated("@@-1 moon@@", NOW)


def test_links_lead_to_example_hosts_only() -> None:
    for name, text in everything(NOW).items():
        for url in re.findall(r"https?://[^\s\"'<>)]+", text):
            host = urlsplit(url).hostname or ""
            assert host.endswith(".example") or host in ALLOWED, (name, url)


@pytest.mark.parametrize("now", DAYS)
@pytest.mark.parametrize(("name", "entries"), [("courier.xml", 5), ("towpath.xml", 4), ("allotments.xml", 5)])
def test_feeds_are_read_without_complaint_and_lie_in_the_past_week(now: datetime, name: str, entries: int) -> None:
    import feedparser

    found = feedparser.parse(sample.feeds(now)[name])
    assert not found.bozo and len(found.entries) == entries
    for entry in found.entries:
        assert (urlsplit(entry.link).hostname or "").endswith(".example")
        if "published_parsed" in entry:
            age = now - datetime.fromtimestamp(timegm(entry.published_parsed), UTC)
            assert timedelta(0) < age < timedelta(days=8)


def test_the_json_feed_is_one() -> None:
    feed = json.loads(sample.feeds(NOW)["library.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len({item["id"] for item in feed["items"]}) == 4
    assert all(datetime.fromisoformat(item["date_published"]) < NOW for item in feed["items"])


def test_the_calendar_has_a_monthly_event_a_range_and_an_hour() -> None:
    import icalendar

    events = {
        str(one["UID"]).split("@")[0]: one
        for one in icalendar.Calendar.from_ical(sample.dropped(NOW)["town-calendar.ics"]).walk("VEVENT")
    }
    archive = events["archive-hour"]
    assert archive["RRULE"].to_ical() == b"FREQ=MONTHLY;BYDAY=2MO"
    assert archive.decoded("DTSTART").date() == date(2026, 12, 14)
    assert events["paper-windows"].decoded("DTEND") == date(2026, 12, 17)
    assert events["hedge-walk"].decoded("DTSTART").utcoffset() == timedelta(hours=-5)


def test_the_front_matter_is_read() -> None:
    import frontmatter

    post = frontmatter.loads(sample.dropped(NOW)["from-the-lock-keeper.md"].decode())
    assert str(post["title"]).startswith("The lock keeper") and post["date"] == date(2026, 11, 25)


@pytest.mark.parametrize("now", DAYS)
def test_the_seven_lines_are_read_as_events_to_come(now: datetime) -> None:
    from newsletter.events.lines import read_lines

    today = now.astimezone().date()
    read = read_lines(sample.event_lines(now), today=today, zone=sample.ZONE)
    assert read.refused == ()
    assert len(read.events) == 7 and not any(event.warnings for event in read.events)
    told = [(event.title, event.place, event.all_day, len(event.dates), event.rule) for event in read.events]
    assert told == [
        ("Quilt weekend", "Kiln Yard Workshop", True, 0, None),
        ("Questions to the council", "Town Hall", False, 0, None),
        ("Learn to darn in two evenings", "Library on Market Square", False, 2, None),
        ("Torchlight row to the weir", "Old Ferry House", True, 0, None),
        ("Coffee with the twin town", None, False, 0, "FREQ=MONTHLY;BYDAY=2MO"),
        ("Maps that were wrong, an exhibition", "Old Ferry House", True, 0, None),
        ("Winter school of the choir", "Fire Station", True, 0, None),
    ]


def test_the_whole_sample_can_be_written_to_a_folder(tmp_path: Path) -> None:
    sample.write_sample(tmp_path / "sample", NOW)
    written = sorted(str(path.relative_to(tmp_path / "sample")) for path in (tmp_path / "sample").rglob("*.*"))
    assert written == [
        "appeal.md",
        "call.md",
        "drop/choir-news.txt",
        "drop/from-the-lock-keeper.md",
        "drop/town-calendar.ics",
        "drop/workshop-notice.html",
        "editors.md",
        "events.txt",
        "feeds/allotments.xml",
        "feeds/courier.xml",
        "feeds/library.json",
        "feeds/towpath.xml",
    ]
