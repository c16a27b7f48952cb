"""The calendar of an issue as a template sees it: its events, in groups, in the zones of its readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from newsletter.model.event import Occurrence
from newsletter.model.publication import Publication
from newsletter.render.columns import DATE_COLUMN, WIDTH
from newsletter.render.dates import full_day, span_in_words, times, weekday_of, when, zone_city
from newsletter.render.prose import prose
from newsletter.render.prose_text import prose_text
from newsletter.text.characters import one_line
from newsletter.text.links import absolute

View = dict[str, Any]


def agenda(
    publication: Publication, occurrences: Sequence[Occurrence], *, on: date, base_url: str, said: Mapping[str, str]
) -> View:
    """The events in their order, and in groups: one without a title for a plain list, else by day, week or city.

    What was ordered by hand keeps its order within a group; pinned events stand in a first group of their own.
    `page` and `subscribe` are the addresses of the whole calendar; none without a base URL.
    """
    base_url = base_url and base_url + publication.path
    groups: list[View] = []
    for title, members in _groups(publication, occurrences, on, said):
        level = 4 if title else 3
        shown = [_event(one, publication, on=on, base_url=base_url, said=said, level=level) for one in members]
        groups.append({"title": title, "level": level, "events": shown})
    return {
        "events": [event for group in groups for event in group["events"]],
        "groups": groups,
        "page": f"{base_url}/events" if base_url else None,
        "subscribe": f"{base_url}/events.ics" if base_url else None,
    }


def _groups(
    publication: Publication, occurrences: Sequence[Occurrence], on: date, said: Mapping[str, str]
) -> Iterable[tuple[str, list[Occurrence]]]:
    if not publication.event_grouping:
        return [("", list(occurrences))] if occurrences else []
    found: dict[Any, list[Occurrence]] = {}
    for one in occurrences:
        found.setdefault(_key(one, publication.event_grouping, on), []).append(one)
    order = sorted(found, key=lambda key: (key != "", key)) if publication.event_grouping != "city" else list(found)
    return [(_title(key, publication, on, said), found[key]) for key in sorted(order, key=lambda key: key != "")]


def _key(one: Occurrence, grouping: str, on: date) -> Any:
    """What a group has in common: its day, the Monday of its week, its city; empty for what is pinned."""
    if one.pinned:
        return ""
    if grouping == "city":
        return city_of(one.place)
    day = max(next((day for day in one.dates if day >= on), one.first_date), on)
    return str(day if grouping == "day" else day - timedelta(days=day.weekday()))


def city_of(place: str | None) -> str:
    """The last part of a place, without its postal code: `Alderwick` of `Town Hall, 00417 Alderwick`; else nothing."""
    head, comma, last = one_line(place or "").rpartition(",")
    words = [word for word in last.split() if not re.search(r"\d", word)]
    return " ".join(words) if comma and head and words else ""


def _title(key: Any, publication: Publication, on: date, said: Mapping[str, str]) -> str:
    if key == "" or publication.event_grouping == "city":
        return str(key)
    day = date.fromisoformat(key)
    if publication.event_grouping == "day":
        return full_day(day, publication.language)
    if day <= on:
        return said["this_week"]
    return span_in_words(day, day + timedelta(days=6), publication.language)


def _event(
    one: Occurrence, publication: Publication, *, on: date, base_url: str, said: Mapping[str, str], level: int
) -> View:
    language = publication.language
    place = one_line(one.place or "")
    if one.online and not place:
        place = said["online"]
    elif one.online and said["online"].casefold() not in place.casefold():
        place = f"{place} {said['and_online']}"
    about = one.description
    rule = one_line(one.rule_text or "")
    if rule and rule.casefold() not in about.casefold():
        about = (
            f"<p>{Markup.escape(rule[0].upper() + rule[1:].rstrip('.'))}.</p>"
            f"{prose(about, above=level, headings=False)}"
        )
    fit = prose(one.worded or about, above=level, headings=False)
    contact = one_line(one.contact or "")
    zones = _side_by_side(one, publication)
    own = f"{base_url}/events/{one.event}" if base_url else None
    return {
        **when(one, on=on, language=language),
        "html": fit,
        "text": prose_text(fit, width=WIDTH - DATE_COLUMN, tight=True),
        "title": one_line(one.title),
        "worded": bool(one.worded),
        "url": absolute(one.url) if one.url else None,
        "page": own,
        "times": " / ".join(zone["time"] for zone in zones) or times(one, language),
        "zones": zones,
        "place": place,
        "contact": contact,
        "mailto": f"mailto:{contact}" if "@" in contact and " " not in contact else None,
        "add": {"ics": f"{own}.ics", "google": f"{own}/google", "outlook": f"{own}/outlook"} if own else None,
    }


def _side_by_side(one: Occurrence, publication: Publication) -> list[dict[str, str]]:
    """The hours in each zone of the publication, with the weekday where it is another day there."""
    if not isinstance(one.start, datetime) or len(publication.event_zones) < 2:
        return []
    rows = []
    for zone in publication.event_zones:
        there = one.start.astimezone(ZoneInfo(zone))
        time = times(replace(one, zone=zone), publication.language)
        if there.date() != one.first_date:
            time = f"{weekday_of(there.date(), publication.language)} {time}"
        rows.append({"city": zone_city(zone, publication.language), "time": time})
    widest = max(len(row["city"]) for row in rows)
    return [{**row, "column": row["city"].ljust(widest)} for row in rows]
