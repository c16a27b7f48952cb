"""Events: kept once each, whichever way they came, and listed for a publication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, insert, select, update

from newsletter.errors import NotFound
from newsletter.model.event import Event, EventData, EventId, EventStatus
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.store import event_aliases
from newsletter.store.engine import Tx
from newsletter.store.schema import event as table
from newsletter.store.schema import event_publication as shown_in

_CHUNK = 500  # names in one IN (…)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of some events: how many were new, changed or known already, and the id of each, in their order."""

    new: int = 0
    updated: int = 0
    same: int = 0
    ids: tuple[EventId, ...] = ()


def keep(
    tx: Tx,
    publication: PublicationId,
    events: Sequence[EventData],
    *,
    source: SourceId | None = None,
    now: datetime,
) -> Kept:
    """Keep events of a publication; one that is known is updated, and nothing is written where it says the same.

    Known is what has the same UID, or else the same title on the same day (of a recurring one: by the same rule). A
    lower SEQUENCE never overwrites a higher one. A UID that another publication has is shared with it.
    """
    if not events:
        return Kept()
    known = _Known(tx, publication, [one.uid for one in events])
    fresh: dict[str, EventData] = {}
    changed: dict[EventId, EventData] = {}
    outcome: list[EventId | str] = []
    for one, match in zip(events, known.matches(events), strict=True):
        if isinstance(match, str):
            fresh.setdefault(match, one)
            outcome.append(match)
            continue
        outcome.append(match.id)
        if (wanted := _merged(match.data, one)) is not None:
            changed[match.id] = wanted
    added = _insert(tx, list(fresh.values()), source, now)
    joined = {event.id for event in known.elsewhere}
    _join(tx, publication, [*added.values(), *joined])
    _update(tx, changed, now)
    ids = tuple(added[one] if isinstance(one, str) else one for one in outcome)
    new, updated = len(added) + len(joined), len(changed.keys() - joined)
    return Kept(new=new, updated=updated, same=len(set(ids)) - new - updated, ids=ids)


class _Known:
    """The events that those to be kept may be the same as."""

    def __init__(self, tx: Tx, publication: PublicationId, uids: list[str]) -> None:
        mine = listing(tx, publication, EventStatus)
        self.by_uid = {event.data.uid: event for event in mine}
        missing = [uid for uid in dict.fromkeys(uids) if uid not in self.by_uid]
        self.elsewhere: list[Event] = []
        for at in range(0, len(missing), _CHUNK):
            rows = tx.execute(select(table).where(table.c.uid.in_(missing[at : at + _CHUNK])))
            self.elsewhere += [_event(row) for row in rows]
        self.by_uid |= {event.data.uid: event for event in self.elsewhere}
        self._follow(tx, [uid for uid in missing if uid not in self.by_uid], mine)
        self.by_start: dict[tuple[Any, ...], list[Event]] = {}
        self.by_day: dict[tuple[Any, ...], list[Event]] = {}
        for event in mine:
            self.by_start.setdefault(_exactly(event.data), []).append(event)
            self.by_day.setdefault(_roughly(event.data), []).append(event)

    def _follow(self, tx: Tx, uids: list[str], mine: list[Event]) -> None:
        """An event that was merged into another is that other one."""
        aliases = event_aliases.targets(tx, uids)
        here = {event.id: event for event in (*mine, *self.elsewhere)}
        absent = sorted({event for event in aliases.values() if event not in here})
        for at in range(0, len(absent), _CHUNK):
            rows = [_event(row) for row in tx.execute(select(table).where(table.c.id.in_(absent[at : at + _CHUNK])))]
            self.elsewhere += rows
            here |= {event.id: event for event in rows}
        self.by_uid |= {uid: here[event] for uid, event in aliases.items()}

    def matches(self, events: Sequence[EventData]) -> list[Event | str]:
        """For each the stored event it is, or the UID under which it is new."""
        taken: set[EventId] = {self.by_uid[one.uid].id for one in events if one.uid in self.by_uid}
        found: list[Event | str | None] = [self.by_uid.get(one.uid) for one in events]
        fresh: dict[tuple[Any, ...], str] = {}
        for index, one in enumerate(events):
            if found[index] is None and (event := _free(self.by_start.get(_exactly(one), ()), taken)):
                found[index] = event
                taken.add(event.id)
        for index, one in enumerate(events):
            if found[index] is not None:
                continue
            event = _free(self.by_day.get(_roughly(one), ()), taken) if one.wording is not None else None
            if event is not None:
                found[index] = event
                taken.add(event.id)
            elif one.wording is not None:
                found[index] = fresh.setdefault(_exactly(one), one.uid)  # the same line twice in one paste
            else:
                found[index] = one.uid
        return [match for match in found if match is not None]


def _free(events: Iterable[Event], taken: set[EventId]) -> Event | None:
    return next((event for event in events if event.id not in taken), None)


def _roughly(data: EventData) -> tuple[Any, ...]:
    title = " ".join(data.title.casefold().split())
    return (title, _bare_rule(data.rule)) if data.rule else (title, _first_day(data))


def _exactly(data: EventData) -> tuple[Any, ...]:
    start = data.start.timetz().replace(tzinfo=None) if isinstance(data.start, datetime) else None
    return (*_roughly(data), start, data.zone if data.rule else None)


def _bare_rule(rule: str) -> str:
    return ";".join(part for part in rule.split(";") if not part.startswith(("UNTIL=", "COUNT=")))


def _first_day(data: EventData) -> date:
    return data.start.date() if isinstance(data.start, datetime) else data.start


def _merged(old: EventData, new: EventData) -> EventData | None:
    """What is to be stored, or none where nothing changes."""
    # What an editor said holds, whatever its source says next.
    kept = old.status if old.status is EventStatus.REMOVED and new.wording is None else new.status
    new = replace(new, open=new.open or old.open, status=kept, as_worded=new.as_worded or old.as_worded)
    if old.uid == new.uid:
        return None if new.sequence < old.sequence or _same(old, new) else new
    if new.wording is None:
        return None  # a calendar repeats what is here already
    merged = replace(new, uid=old.uid, sequence=old.sequence)
    if old.rule and new.rule and _exactly(old) == _exactly(new):
        merged = replace(merged, start=old.start, end=old.end)  # the series began earlier than this line was pasted
    # What was doubtful depends on the day of pasting; it is no change by itself.
    if _same(replace(old, warnings=(), sequence=0), replace(merged, warnings=(), sequence=0)):
        return None
    if old.ics is not None:
        return None  # a calendar knows more of it than a line
    return replace(merged, sequence=old.sequence + 1)


def _same(old: EventData, new: EventData) -> bool:
    return _columns(old) == _columns(new)


def _insert(tx: Tx, events: list[EventData], source: SourceId | None, now: datetime) -> dict[str, EventId]:
    if not events:
        return {}
    rows = [{**_columns(one), "source_id": source, "created_at": now, "changed_at": now} for one in events]
    tx.execute(insert(table), rows)
    uids = [one.uid for one in events]
    found: dict[str, EventId] = {}
    for at in range(0, len(uids), _CHUNK):
        query = select(table.c.uid, table.c.id).where(table.c.uid.in_(uids[at : at + _CHUNK]))
        found |= {row.uid: EventId(row.id) for row in tx.execute(query)}
    return found


def _join(tx: Tx, publication: PublicationId, events: list[EventId]) -> None:
    if events:
        tx.execute(insert(shown_in), [{"event_id": one, "publication_id": publication} for one in events])


def _update(tx: Tx, changed: Mapping[EventId, EventData], now: datetime) -> None:
    if not changed:
        return
    rows = [{**_columns(data), "changed_at": now, "of_id": event} for event, data in changed.items()]
    names = [name for name in rows[0] if name != "of_id"]
    tx.execute(
        update(table)
        .where(table.c.id == bindparam("of_id"))
        .values({name: bindparam(name) for name in names} | {"changes": table.c.changes + 1}),
        rows,
    )


def listing(tx: Tx, publication: PublicationId, statuses: Iterable[EventStatus] | None = None) -> list[Event]:
    """The events of a publication by their first day; of some statuses, or all but those that were removed."""
    query = (
        select(table)
        .join(shown_in, shown_in.c.event_id == table.c.id)
        .where(shown_in.c.publication_id == publication)
        .order_by(table.c.start_date, table.c.start_at, table.c.id)
    )
    if statuses is None:
        query = query.where(table.c.status != EventStatus.REMOVED.value)
    else:
        query = query.where(table.c.status.in_([status.value for status in statuses]))
    return [_event(row) for row in tx.execute(query)]


def fingerprint(tx: Tx, publication: PublicationId) -> tuple[Any, ...]:
    """What differs whenever anything in a publication's calendar does."""
    query = (
        select(func.count(), func.max(table.c.id), func.sum(table.c.changes), func.max(table.c.changed_at))
        .join(shown_in, shown_in.c.event_id == table.c.id)
        .where(shown_in.c.publication_id == publication)
    )
    return tuple(tx.execute(query).one())


def get(tx: Tx, publication: PublicationId, event: EventId) -> Event:
    """One event of a publication. Raises NotFound."""
    row = tx.execute(
        select(table)
        .join(shown_in, shown_in.c.event_id == table.c.id)
        .where(shown_in.c.publication_id == publication, table.c.id == event)
    ).first()
    if row is None:
        raise NotFound(f"There is no event {event}; see: newsletter events list")
    return _event(row)


def publications_of(tx: Tx, event: EventId, statuses: Iterable[EventStatus]) -> list[PublicationId]:
    """The publications that show an event, the first one first; none where it is of no such status, or not there."""
    query = (
        select(shown_in.c.publication_id)
        .join(table, table.c.id == shown_in.c.event_id)
        .where(table.c.id == event, table.c.status.in_([status.value for status in statuses]))
        .order_by(shown_in.c.publication_id)
    )
    return [PublicationId(row.publication_id) for row in tx.execute(query)]


def edit(tx: Tx, publication: PublicationId, event: EventId, data: EventData, *, now: datetime) -> Event:
    """Put an editor's version in the place of an event. It keeps its UID; its SEQUENCE grows, so that what is collected
    again does not overwrite it. Raises NotFound.
    """
    old = get(tx, publication, event)
    _update(tx, {event: replace(data, uid=old.data.uid, sequence=old.data.sequence + 1)}, now)
    return get(tx, publication, event)


def share(tx: Tx, publication: PublicationId, event: EventId, other: PublicationId) -> Event:
    """Let an event of a publication appear in another one too; it stays one event. Raises NotFound."""
    shared = get(tx, publication, event)
    rows = select(shown_in.c.event_id).where(shown_in.c.event_id == event, shown_in.c.publication_id == other)
    if tx.execute(rows).first() is None:
        _join(tx, other, [event])
    return shared


def remove(tx: Tx, publication: PublicationId, event: EventId, *, now: datetime) -> Event:
    """Take an event out of a publication's calendar, and give it back as it was. Raises NotFound.

    A collected event is kept as removed, or the next collection would bring it back; so is one that others went into.
    """
    old = get(tx, publication, event)
    if old.source is not None or event_aliases.has_any(tx, event):
        edit(tx, publication, event, replace(old.data, status=EventStatus.REMOVED), now=now)
        return old
    tx.execute(delete(shown_in).where(shown_in.c.event_id == event, shown_in.c.publication_id == publication))
    if tx.execute(select(shown_in.c.event_id).where(shown_in.c.event_id == event)).first() is None:
        tx.execute(delete(table).where(table.c.id == event))
    return old


def _columns(data: EventData) -> dict[str, Any]:
    timed = isinstance(data.start, datetime)
    return {
        "uid": data.uid,
        "sequence": data.sequence,
        "title": data.title,
        "description": data.description,
        "all_day": not timed,
        "start_date": _first_day(data),
        "start_at": data.start if timed else None,
        "end_date": None if timed else data.end,
        "end_at": data.end if timed else None,
        "dates": [day.isoformat() for day in data.dates],
        "zone": data.zone,
        "rule": data.rule,
        "rule_text": data.rule_text,
        "excepted": [day.isoformat() for day in data.excepted] or None,
        "place": data.place,
        "online": data.online,
        "url": data.url,
        "contact": data.contact,
        "open": data.open,
        "wording": data.wording,
        "as_worded": data.as_worded,
        "warnings": list(data.warnings),
        "status": data.status.value,
        "ics": data.ics,
    }


def _event(row: Any) -> Event:
    start: date | datetime = row.start_date
    end: date | datetime | None = row.end_date
    if not row.all_day:
        zone = ZoneInfo(row.zone or "UTC")
        start = row.start_at.astimezone(zone)
        end = row.end_at.astimezone(zone) if row.end_at is not None else None
    data = EventData(
        uid=row.uid,
        sequence=row.sequence,
        title=row.title,
        description=row.description,
        start=start,
        end=end,
        dates=tuple(date.fromisoformat(day) for day in row.dates),
        zone=row.zone,
        rule=row.rule,
        rule_text=row.rule_text,
        excepted=tuple(date.fromisoformat(day) for day in row.excepted or ()),
        place=row.place,
        online=row.online,
        url=row.url,
        contact=row.contact,
        open=row.open,
        wording=row.wording,
        as_worded=row.as_worded,
        warnings=tuple(row.warnings),
        status=EventStatus(row.status),
        ics=row.ics,
    )
    return Event(
        id=EventId(row.id),
        data=data,
        source=SourceId(row.source_id) if row.source_id is not None else None,
        changes=row.changes,
        changed_at=row.changed_at,
    )
