"""A sample issue of the Alderwick Letter: our own words about a town that is not there."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.model.event import EventId, Occurrence
from newsletter.model.issue import (
    Block,
    BlockId,
    BlockKind,
    Issue,
    IssueId,
    Outline,
    PinnedItem,
    Section,
    SectionId,
)
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.publication import Publication, PublicationId
from newsletter.settings import Settings, Smtp

ON = date(2026, 11, 27)
NONCE = "0123456789abcdef0123"
NEW_YORK = ZoneInfo("America/New_York")
THEN = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def settings(workspace: Path = Path("/nowhere"), **over: Any) -> Settings:
    given: dict[str, Any] = {
        "base_url": "https://letter.example.org",
        "secret_keys": ("a key of the tests",),
        "smtp": (Smtp(host="mail.example.org", port=587),),
    }
    return Settings(workspace=workspace, **(given | over))


def publication(**over: Any) -> Publication:
    given: dict[str, Any] = {
        "name": "The Alderwick Letter",
        "slug": "the-alderwick-letter",
        "sender": "The Alderwick Letter <desk@letter.example.org>",
        "address": "Old Ferry House, 12 Mill Street, Alderwick 00417",
        "tagline": "What Alderwick reads, repairs, grows and argues about, every Friday",
        "zone": "America/New_York",
    }
    return Publication(id=PublicationId(1), created_at=THEN, **(given | over))


def version(number: int, **over: Any) -> ItemVersion:
    given: dict[str, Any] = {
        "title": f"Story {number} of the week",
        "excerpt": "<p>A short excerpt about the town.</p>",
        "url": f"https://courier.example/story-{number}",
        "outlet": "Alder Courier",
    }
    rest = {"body": "", "author": None, "published": None, "language": None, "seen_at": THEN}
    return ItemVersion(item=ItemId(number), number=1, **(rest | given | over))


def pin(number: int) -> PinnedItem:
    return PinnedItem(ItemId(number), 1)


def block(id: int, *items: int, **over: Any) -> Block:
    kind = over.pop("kind", BlockKind.ITEM if items else BlockKind.TEXT)
    return Block(id=BlockId(id), kind=kind, items=tuple(pin(one) for one in items), **over)


def issue(*sections: Section, **over: Any) -> Issue:
    given: dict[str, Any] = {"title": "Sundays", "outline": Outline(sections or SECTIONS)}
    return Issue(id=IssueId(1), publication=PublicationId(1), number=47, created_at=THEN, **(given | over))


def section(id: int, name: str, *blocks: Block) -> Section:
    return Section(id=SectionId(id), name=name, blocks=blocks)


VERSIONS: Mapping[PinnedItem, ItemVersion] = {
    pin(one.item): one
    for one in (
        version(
            1,
            title="After eleven years, the library opens its doors on Sundays",
            excerpt="<p>From January the reading room on Market Square will be open from noon to five on Sundays, for the "
            "first time since the hours were cut eleven years ago.</p><p>“We are not asking for a new building,” the "
            'head librarian said. The <a href="https://alderwick.example/minutes/culture-11">minutes of the meeting</a> '
            "list the four volunteers who already hold a key.</p>",
        ),
        version(
            2,
            title="Half plots cut the waiting list from six years to three",
            outlet="Allotment Bulletin",
            excerpt="<p>Every plot that came free this year was split in two, and 64 households that had been waiting "
            'are now digging. The committee publishes the <a href="https://allotments.example/list?a=1&amp;b=2">list of '
            "the next thirty names</a> by number, not by name.</p>",
        ),
        version(
            3,
            title="The budget in one page, drawn by the people who pay it",
            outlet="County Ledger",
            excerpt="The town spends 31 million a year, and until last week the only public account of it was a table "
            "of 212 pages. <em>The largest block is not the one that most people guess.</em>",
        ),
        version(4, title="A crossing for the school gate, at the third attempt", outlet="Radio Alder"),
        version(
            5,
            title="El mercado de los sábados vuelve a la plaza",
            outlet="Radio Ribera",
            language="es",
            excerpt="<p>Después de dos inviernos en la estación, los puestos regresan a la plaza.</p>",
        ),
        version(
            6,
            title="What grows on the old ferry landing",
            outlet="Harbor Examiner",
            excerpt='<p>A botanist counted 118 kinds of plants.<img src="https://examiner.example/a.jpg" alt="Plants" '
            'width="600" height="300"></p><h3>How they came</h3><ul><li>by barge</li><li>by wind</li></ul>',
        ),
        version(7, title="The otters are back", outlet="Mill Race Review", url=None),
        version(8, title="Nobody won the slow bicycle race", outlet=None),
    )
}

SECTIONS = (
    section(
        1,
        "",
        block(
            10,
            blurb="The library gets its Sundays back, and the allotment queue is half as long. *Eight stories* from nine "
            "outlets this week, and seven dates for the fridge door.",
        ),
        block(11, 1, teaser="Library opens on Sundays", teaser_rank=1),
        block(12, 2, teaser="Allotment queue halves"),
    ),
    section(
        2,
        "Town and council",
        block(20, 3),
        block(21, 4, 5, headline="Two plans for the square", blurb="The school and the market want the same Saturday."),
        block(22, 5),
    ),
    section(3, "Nothing this week"),
    section(4, "Out of doors", block(40, 6), block(41, 7, teaser="Otters are back", teaser_rank=0), block(42, 8)),
    section(
        5,
        "",
        block(
            50,
            headline="This letter is paid for by its readers",
            blurb="No advertising, no owner, one part-time desk.\n\n**[Give a coffee a month](https://letter.example.org/support)**"
            "\n\n[Other ways to help](https://letter.example.org/support/other)",
        ),
        Block(id=BlockId(51), kind=BlockKind.CALENDAR),
    ),
    section(
        6,
        "Visits and exchanges",
        block(
            60,
            blurb="* [Two weeks in Lindenau for three gardeners, in May](https://twinning.example/gardeners)\n"
            "* [Cycling to the sea and back with the school, in June](https://twinning.example/sea)",
        ),
    ),
)


def occurrence(
    number: int, title: str, first: date | datetime, last: date | datetime | None = None, **over: Any
) -> Occurrence:
    timed = isinstance(first, datetime)
    first_date = first.date() if isinstance(first, datetime) else first
    last_date = (last.date() if isinstance(last, datetime) else last) or first_date
    given: dict[str, Any] = {
        "description": "",
        "dates": (),
        "zone": "America/New_York" if timed else None,
    }
    return Occurrence(
        id=f"{number}:{first.isoformat()}",
        event=EventId(number),
        title=title,
        start=first,
        end=last,
        all_day=not timed,
        first_date=first_date,
        last_date=last_date,
        **(given | over),
    )


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


OCCURRENCES = (
    occurrence(
        471,
        "The river in ninety photographs",
        date(2026, 10, 3),
        date(2026, 12, 6),
        place="Old Ferry House",
        description="<p>Pictures lent by ninety households, from 1911 to last summer. Free.</p>",
        url="https://examiner.example/river",
    ),
    occurrence(
        472, "Winter seed swap and tool exchange", date(2026, 11, 28), date(2026, 11, 29), place="Allotment Hall"
    ),
    occurrence(
        473,
        "Open budget evening",
        at(11, 30, 19),
        place="Town Hall",
        online=True,
        description='The drawing, then questions. <a href="https://alderwick.example/register">Register for the online '
        "room</a> by Sunday.",
    ),
    occurrence(
        474,
        "Mend your own bicycle, in two evenings",
        at(12, 2, 18, 30),
        at(12, 2, 20),
        dates=(date(2026, 12, 2), date(2026, 12, 9)),
        place="Repair workshop, Market Square",
    ),
    occurrence(475, "Lantern walk to the weir", date(2026, 12, 5), contact="walk@alderwick.example"),
    occurrence(
        476,
        "Twin-town call with Lindenau",
        at(12, 14, 14, 30),
        online=True,
        rule_text="second Monday of the month",
    ),
    occurrence(
        477, "Winter school of the choir", date(2026, 12, 30), date(2027, 1, 2), place="Fire station, upper floor"
    ),
)
