"""Any file of events: an iCalendar, a web page that tells machines of its events, or a CSV; told by its content."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.events.ics import MOST_BYTES, ReadCalendar, decoded, read_ics


def read_material(content: bytes, *, zone: str, language: str, now: datetime, name: str, url: str = "") -> ReadCalendar:
    """The events of a file of at most 10 MB, whichever format it has. Never raises.

    `name` stands for the file in what is refused, and its ending (`.csv`) tells what cannot be told from the content.
    `url`: where a page stands.
    """
    if len(content) > MOST_BYTES or b"BEGIN:VCALENDAR" in content[:4000].upper() or name.lower().endswith(".ics"):
        return read_ics(content, zone=zone, now=now, name=name)
    text = decoded(content)
    if name.lower().endswith((".html", ".htm")) or text.lstrip("\ufeff \r\n\t").startswith("<"):
        from newsletter.events.jsonld import has_jsonld, read_jsonld

        if not has_jsonld(text):
            return ReadCalendar(
                (), ((name, "The page tells of no event in a form for machines (schema.org JSON-LD)."),)
            )
        read = read_jsonld(text, zone=zone, url=url, name=name)
        if not read.events and not read.refused:
            return ReadCalendar((), ((name, "The page's JSON-LD tells of no event."),))
        return read
    from newsletter.events.csvfile import read_csv

    return read_csv(text, today=now.astimezone(ZoneInfo(zone)).date(), zone=zone, language=language, name=name)
