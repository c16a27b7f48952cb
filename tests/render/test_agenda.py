"""The calendar in the issue: plain or in groups, hours in several zones, and the ways into one's own calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.model.event import EventId, Occurrence
from newsletter.model.publication import Publication
from newsletter.render.agenda import agenda, city_of
from newsletter.render.compose import compose
from newsletter.render.words import words

ON = date(2026, 11, 27)  # a Friday
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def event(
    number: int,
    first: str,
    last: str | None = None,
    *,
    place: str | None = None,
    hour: int | None = None,
    zone: str = NEW_YORK,
    pinned: bool = False,
) -> Occurrence:
    day = date.fromisoformat(first)
    start = day if hour is None else datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))
    return Occurrence(
        id=f"{number}-x",
        event=EventId(number),
        title=f"Event {number}",
        description="",
        start=start,
        end=None,
        all_day=hour is None,
        first_date=day,
        last_date=date.fromisoformat(last) if last else day,
        dates=(),
        zone=zone if hour is not None else None,
        place=place,
        pinned=pinned,
    )


def shown(sample: Any, *events: Occurrence, base_url: str = "https://letter.example.org", **fields: Any) -> Any:
    publication: Publication = replace(sample.publication(), **fields)
    return agenda(publication, events, on=ON, base_url=base_url, said=words(publication.language))


def groups(sample: Any, *events: Occurrence, **fields: Any) -> list[tuple[str, list[str]]]:
    found = shown(sample, *events, **fields)["groups"]
    return [(group["title"], [one["title"] for one in group["events"]]) for group in found]


SOME = (
    event(1, "2026-11-20", "2026-12-06", place="Old Ferry House, Alderwick"),
    event(2, "2026-11-29", place="Town Hall, 04177 Lindenau"),
    event(3, "2026-12-01"),
    event(4, "2026-12-01", place="Mill, Alderwick"),
    event(5, "2026-12-30"),
)


def test_a_plain_list_is_one_group_without_a_title(sample: Any) -> None:
    assert groups(sample, *SOME) == [("", [f"Event {number}" for number in range(1, 6)])]
    assert shown(sample)["groups"] == []


def test_by_week_each_group_is_named_by_its_days(sample: Any) -> None:
    assert groups(sample, *SOME, event_grouping="week") == [
        ("This week", ["Event 1", "Event 2"]),
        ("November 30 – December 6", ["Event 3", "Event 4"]),
        ("December 28 – January 3", ["Event 5"]),
    ]
    assert groups(sample, *SOME, event_grouping="week", language="de")[1][0] == "30. November – 6. Dezember"


def test_by_day_an_ongoing_event_stands_on_the_issues_day(sample: Any) -> None:
    assert groups(sample, *SOME, event_grouping="day") == [
        ("Friday, November 27", ["Event 1"]),
        ("Sunday, November 29", ["Event 2"]),
        ("Tuesday, December 1", ["Event 3", "Event 4"]),
        ("Wednesday, December 30", ["Event 5"]),
    ]


def test_by_city_what_names_none_comes_first(sample: Any) -> None:
    assert groups(sample, *SOME, event_grouping="city") == [
        ("", ["Event 3", "Event 5"]),
        ("Alderwick", ["Event 1", "Event 4"]),
        ("Lindenau", ["Event 2"]),
    ]


def test_what_is_pinned_stands_before_every_group(sample: Any) -> None:
    pinned = event(9, "2027-01-20", pinned=True)
    assert groups(sample, pinned, *SOME, event_grouping="week")[0] == ("", ["Event 9"])


@pytest.mark.parametrize(
    ("place", "city"),
    [
        ("Town Hall, Alderwick", "Alderwick"),
        ("Hall, 04177 Bad Lindenau", "Bad Lindenau"),
        ("Town Hall", ""),
        (None, ""),
    ],
)
def test_a_city_is_the_last_part_of_a_place(place: str | None, city: str) -> None:
    assert city_of(place) == city


@pytest.mark.parametrize(
    ("language", "one", "told"),
    [
        ("en", event(1, "2026-11-30", hour=14), [("New York", "2:00 PM ET"), ("Berlin", "8:00 PM CET")]),
        ("en", event(1, "2026-11-30", hour=19), [("New York", "7:00 PM ET"), ("Berlin", "Tue 1:00 AM CET")]),
        ("en", event(1, "2027-03-20", hour=14), [("New York", "2:00 PM ET"), ("Berlin", "7:00 PM CET")]),  # US first
        ("de", event(1, "2026-11-30", hour=14), [("New York", "14:00 EST"), ("Berlin", "20:00 MEZ")]),
        ("de", event(1, "2027-07-05", hour=14), [("New York", "14:00 EDT"), ("Berlin", "20:00 MESZ")]),
        ("en", event(1, "2026-11-30"), []),  # no time, no zone
    ],
)
def test_hours_are_told_side_by_side(sample: Any, language: str, one: Occurrence, told: list[Any]) -> None:
    (found,) = shown(sample, one, event_zones=(NEW_YORK, BERLIN), language=language)["events"]
    assert [(zone["city"], zone["time"]) for zone in found["zones"]] == told


def test_without_chosen_zones_an_event_has_its_own(sample: Any) -> None:
    (found,) = shown(sample, event(1, "2026-11-30", hour=19, zone=BERLIN))["events"]
    assert (found["zones"], found["times"]) == ([], "7:00 PM CET")


def test_the_ways_into_a_calendar_are_short_addresses_of_ours(sample: Any) -> None:
    found = shown(sample, event(7, "2026-11-30"))
    assert found["events"][0]["add"] == {
        "ics": "https://letter.example.org/events/7.ics",
        "google": "https://letter.example.org/events/7/google",
        "outlook": "https://letter.example.org/events/7/outlook",
    }
    assert (found["page"], found["subscribe"]) == (
        "https://letter.example.org/events",
        "https://letter.example.org/events.ics",
    )
    nowhere = shown(sample, event(7, "2026-11-30"), base_url="")
    assert (nowhere["events"][0]["add"], nowhere["page"]) == (None, None)


@pytest.mark.parametrize("zones", [(), (NEW_YORK, BERLIN), (NEW_YORK, BERLIN, "Asia/Kolkata", "Australia/Lord_Howe")])
@pytest.mark.parametrize("grouping", ["", "day", "week", "city"])
def test_every_form_of_the_calendar_is_sound_mail(
    sample: Any, lint: Any, grouping: str, zones: tuple[str, ...]
) -> None:
    rendition = compose(
        replace(sample.publication(), event_grouping=grouping, event_zones=zones),
        sample.issue(),
        sample.VERSIONS,
        (*sample.OCCURRENCES, *SOME, event(8, "2026-12-08", hour=19)),
        settings=sample.settings(),
        on=ON,
        nonce=sample.NONCE,
    )
    assert lint.problems(rendition.html) == []
    assert max(len(line) for line in rendition.text.split("\n") if "://" not in line) <= 78
    assert "/events/8/outlook" in rendition.text
    assert "/events/8/outlook" in rendition.html
