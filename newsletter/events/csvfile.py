"""Events from the rows of a CSV: a title and a date in any wording of our grammar; further columns are optional."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from newsletter.events.days import UnreadableLine
from newsletter.events.ics import MOST_EVENTS, ReadCalendar
from newsletter.events.lines import read_line
from newsletter.events.links import http_url
from newsletter.events.moments import iso_moment, zone_of
from newsletter.events.zones import is_zone
from newsletter.model.event import EventData, EventStatus
from newsletter.text.characters import one_line, tidy

COLUMNS: dict[str, str] = {
    "title": "title name event summary subject título titulo titre titel nome evento veranstaltung événement",
    "date": "date start start_date startdate day when fecha fecha_inicio datum beginn début data início inicio",
    "time": "time start_time starttime hora heure uhrzeit zeit horário",
    "end": "end end_date enddate until fin fecha_fin ende fim",
    "end_time": "end_time endtime",
    "zone": "zone timezone time_zone tz",
    "repeat": "repeat repeats rule recurrence",
    "description": "description details notes text descripción description beschreibung descrição",
    "place": "place location venue where lugar lieu ort local",
    "url": "url link website web",
    "contact": "contact email e-mail contacto kontakt contato",
    "uid": "uid id",
    "status": "status",
}
_FIELDS = {name: field for field, names in COLUMNS.items() for name in names.split()}


def read_csv(text: str, *, today: date, zone: str, language: str = "en", name: str) -> ReadCalendar:
    """The events of a CSV with a heading line, at most 1,000. Never raises.

    A row that cannot be read is refused with its line number. `name` stands for the file in what is refused.
    """
    text = tidy(text)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4000], delimiters=",;\t")
    except csv.Error:
        dialect = "excel"
    reader = csv.reader(io.StringIO(text), dialect)
    events: dict[str, EventData] = {}
    refused: list[tuple[str, str]] = []
    try:
        heads = [_FIELDS.get(one_line(head).casefold().replace(" ", "_"), "") for head in next(reader, [])]
        if "title" not in heads or "date" not in heads:
            return ReadCalendar((), ((name, "It needs a heading line with at least the columns “title” and “date”."),))
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(events) + len(refused) >= MOST_EVENTS:
                refused.append((name, f"It has more than {MOST_EVENTS:,} rows; the first were read."))
                break
            cells = {head: cell.strip() for head, cell in zip(heads, row, strict=False) if head and cell.strip()}
            try:
                one = _event(cells, today, zone, language)
                events[one.uid] = one
            except UnreadableLine as unreadable:
                refused.append((f"line {reader.line_num}: {cells.get('title', '')[:80]}", unreadable.reason))
    except csv.Error as cause:
        refused.append((name, f"It cannot be read from line {reader.line_num} on: {cause}."))
    return ReadCalendar(tuple(events.values()), tuple(refused))


def _event(cells: dict[str, str], today: date, own: str, language: str) -> EventData:
    title = one_line(cells.get("title", ""))[:500]
    if not title:
        raise UnreadableLine("The row has no title.")
    if "date" not in cells:
        raise UnreadableLine("The row has no date.")
    zone = cells.get("zone", "")
    own = zone if is_zone(zone) else own
    start = iso_moment(cells["date"], own)
    if isinstance(start, datetime):
        end = iso_moment(cells.get("end", ""), own)
        if end is not None and (not isinstance(end, datetime) or end < start):
            raise UnreadableLine("It ends before it begins, or its end has no time.")
        data = EventData(uid="", title=title, start=start, end=end, zone=zone_of(start))
    else:
        data = read_line(f"{_when(cells, zone)}: {title}", today=today, zone=own, language=language)
    return _with_rest(replace(data, title=title), cells)


def _when(cells: dict[str, str], zone: str) -> str:
    when = cells["date"]
    if "end" in cells and cells["end"] != when:
        when += f" – {cells['end']}"
    if "repeat" in cells:
        when += f", {cells['repeat']}"
    if "time" in cells:
        when += f", {cells['time']}" + (f"–{cells['end_time']}" if "end_time" in cells else "")
        when += f" {zone}" if zone and not is_zone(zone) else ""
    return when


def _with_rest(data: EventData, cells: dict[str, str]) -> EventData:
    from newsletter.text.markdown import to_html

    place = one_line(cells.get("place", ""))[:500] or None
    own = cells.get("uid") or f"{data.title}\n{cells['date']}\n{cells.get('time', '')}"
    return replace(
        data,
        uid=cells["uid"][:500]
        if "@" in cells.get("uid", "")
        else f"{sha256(own.encode()).hexdigest()[:32]}@newsletter",
        description=to_html(cells.get("description", "")),
        place=place,
        online=place is not None and place.casefold() in ("online", "zoom"),
        url=http_url(cells.get("url", "")),
        contact=one_line(cells.get("contact", ""))[:200] or None,
        wording=None,
        status=EventStatus.CANCELLED
        if cells.get("status", "").casefold() in ("cancelled", "canceled")
        else EventStatus.CONFIRMED,
    )
