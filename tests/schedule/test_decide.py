"""Whether what is due goes out: a table."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newsletter.model.finding import Finding, Level
from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.publication import PublicationId
from newsletter.model.schedule import Due, ScheduleId
from newsletter.schedule.decide import in_words, why_held

AT = datetime.fromisoformat("2026-11-27T14:00:00+00:00")
DUE = Due(
    schedule=ScheduleId(1),
    local="2026-11-27T09:00-05:00",
    issue=IssueId(1),
    number=1,
    publication=PublicationId(1),
    rendition=RenditionId(1),
    at=AT,
    zone="America/New_York",
    late_within=timedelta(hours=2),
)


@pytest.mark.parametrize(
    ("late", "goes"),
    [
        (timedelta(0), True),
        (timedelta(minutes=59), True),
        (timedelta(hours=2), True),
        (timedelta(hours=2, microseconds=1), False),
        (timedelta(hours=3), False),
        (timedelta(days=9), False),
    ],
)
def test_a_little_late_goes_out_and_much_later_waits_for_a_person(late: timedelta, goes: bool) -> None:
    assert (why_held(DUE, AT + late, [], has_server=True) is None) is goes


def test_the_reason_names_the_local_time_and_how_late_it_was() -> None:
    why = why_held(DUE, AT + timedelta(hours=3, minutes=20), [], has_server=True)
    assert why is not None
    assert "Friday 27 November at 09:00 (America/New_York)" in why
    assert "3 h 20 min" in why
    assert "2 h" in why


@pytest.mark.parametrize(
    ("level", "waived", "held"),
    [(Level.ERROR, False, True), (Level.WARNING, False, False), (Level.WARNING, True, False)],
)
def test_an_error_holds_and_a_warning_does_not(level: Level, waived: bool, held: bool) -> None:
    finding = Finding(level=level, code="base-url-unset", message="No base URL is set.", waived=waived)
    why = why_held(DUE, AT, [finding], has_server=True)
    assert (why is not None) is held
    assert not held or (why is not None and "No base URL is set." in why)


def test_without_a_server_or_a_rendition_it_waits() -> None:
    from dataclasses import replace

    assert "SMTP" in (why_held(DUE, AT, [], has_server=False) or "")
    assert "approve" in (why_held(replace(DUE, rendition=None), AT, [], has_server=True) or "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7200, "2 h"),
        (12000, "3 h 20 min"),
        (90000, "1 day 1 h"),
        (172800, "2 days"),
    ],
)
def test_durations_in_words(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
