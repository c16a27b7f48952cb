"""The calendar of one issue: what is coming, and what its editors said: pinned, hidden, ordered by hand. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from newsletter.events.lines import worded
from newsletter.events.occurrences import for_issue, occurrences, rule_in
from newsletter.model.event import Event, EventStatus, Occurrence, Said


def calendar_of(
    events: Sequence[Event], said: Mapping[str, Said], *, on: date, days: int, zone: str, language: str = "en"
) -> list[Occurrence]:
    """The occurrences of an issue of the day `on`, in the order readers see them; hidden ones last, marked so.

    Pinned ones stand first, also those beyond the window of `days`; the others by date. One that was moved by hand
    stands at its place. What has passed is left out, whatever was said. Rules are in the words of `language`.
    """
    coming = for_issue(events, on=on, days=days, zone=zone)
    there = {one.id for one in coming}
    beyond = [key for key, words in said.items() if words.pinned and key not in there]
    coming += [one for key in beyond if (one := _found(events, key, on=on, zone=zone)) is not None]
    marked = [
        replace(one, rule_text=rule_in(one, language, on=on), worded=_in_its_words(one)).as_shown(
            pinned=one.id in said and said[one.id].pinned, hidden=one.id in said and said[one.id].hidden
        )
        for one in coming
    ]
    shown = sorted((one for one in marked if not one.hidden), key=lambda one: not one.pinned)
    ranks = sorted(
        ((rank, one.id) for one in shown if one.id in said and (rank := said[one.id].rank) is not None),
    )
    for rank, key in ranks:
        at = next(index for index, one in enumerate(shown) if one.id == key)
        shown.insert(max(rank - 1, 0), shown.pop(at))
    return shown + [one for one in marked if one.hidden]


def _in_its_words(one: Occurrence) -> str:
    return worded(one.wording) if one.as_worded and one.wording else ""


def moved(calendar: Sequence[Occurrence], said: Mapping[str, Said], key: str, to: int) -> list[Said]:
    """What is to be said so that an occurrence stands at the place `to` (from 1), and those moved before stay put."""
    order = [one.id for one in calendar if not one.hidden and one.id != key]
    order.insert(min(max(to, 1), len(order) + 1) - 1, key)
    by_hand = {other for other, words in said.items() if words.rank is not None} | {key}
    return [replace(said.get(one, Said(one)), rank=place) for place, one in enumerate(order, start=1) if one in by_hand]


def _found(events: Sequence[Event], key: str, *, on: date, zone: str) -> Occurrence | None:
    """The occurrence of this id, where its event still has it and it has not passed."""
    match = re.fullmatch(r"(\d+)-(\d{4})(\d\d)(\d\d)(?:T\d{4})?", key)
    event = next((one for one in events if match and one.id == int(match[1])), None)
    if match is None or event is None or event.data.status is not EventStatus.CONFIRMED:
        return None
    try:
        day = date(int(match[2]), int(match[3]), int(match[4]))
        around = occurrences([event], first=day - timedelta(days=40), last=day + timedelta(days=40), zone=zone)
    except (ValueError, OverflowError):
        return None
    return next((one for one in around if one.id == key and one.last_date >= on), None)
