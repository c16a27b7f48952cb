"""How pasted lines are understood, beside them: on the calendar's page, and alone while somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.events.lines import ReadLines, read_lines
from newsletter.events.telling import told
from newsletter.model.event import EventData
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.web.languages import gettext as _
from newsletter.web.page import page
from newsletter.web.place import place_of
from newsletter.web.retold import piece_retold, retold

router = APIRouter()

LONGEST = 100_000
"""Characters of pasted lines."""
MOST_LINES = 500
"""Lines that are read at once."""


@dataclass(frozen=True)
class Reading:
    """A pasted line as it was understood, or why it was not."""

    title: str
    pieces: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: str | None = None


@router.post("/calendar/reading")
def reading(request: Request, lines: Annotated[str, Form()] = "") -> Response:
    """The reading alone, for the page to put beside what is being typed. Keeps nothing."""
    publication = place_of(request).publication()
    if len(lines) > LONGEST or count_of(lines) > MOST_LINES:
        wrong = _("These are too many lines to be read at once; paste a part of them.")
        return page(request, "reading", status=413, wrong=wrong, readings=[], readable=0)
    read = read_here(request, publication, lines)
    found = readings_of(request, publication, read)
    return page(request, "reading", wrong="", readings=found, readable=len(read.events))


def count_of(lines: str) -> int:
    """How many lines there are to read."""
    return sum(1 for line in lines.splitlines() if line.strip())


def read_here(request: Request, publication: Publication, lines: str) -> ReadLines:
    """Read lines as of today in the newsletter's zone."""
    today = local_day(place_of(request).clock.now(), publication.zone)
    return read_lines(lines, today=today, zone=publication.zone, language=publication.language)


def readings_of(request: Request, publication: Publication, read: ReadLines | None) -> list[Reading]:
    """The readings of all lines, in their order; none where nothing was read."""
    today = local_day(place_of(request).clock.now(), publication.zone)
    return [
        Reading(
            one.title,
            tuple(map(piece_retold, told(one, zone=publication.zone, today=today))),
            tuple(map(retold, one.warnings)),
        )
        if isinstance(one, EventData)
        else Reading(one[0], refused=retold(one[1]))
        for one in (read.lines if read else ())
    ]
