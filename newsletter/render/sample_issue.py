"""A sample issue with every kind of part in it, to try themes on: our own words about a town that is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from newsletter.model.event import EventId, Occurrence
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, IssueId, Outline, PinnedItem, Section, SectionId
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.publication import Publication, PublicationId
from newsletter.settings import Settings

DAY = date(2026, 11, 27)
_THEN = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_ZONE = "America/New_York"


@dataclass(frozen=True)
class Sample:
    """All that an issue is rendered from."""

    publication: Publication
    issue: Issue
    versions: Mapping[PinnedItem, ItemVersion]
    occurrences: Sequence[Occurrence]
    settings: Settings
    day: date = DAY


def sample_issue(theme: str, settings: Settings, *, language: str = "en") -> Sample:
    """The sample in a theme of this workspace, sent from a desk that is set up."""
    publication = Publication(
        id=PublicationId(1),
        name="The Alderwick Letter",
        slug="the-alderwick-letter",
        sender="The Alderwick Letter <desk@letter.example.org>",
        address="Old Ferry House, 12 Mill Street, Alderwick 00417",
        tagline="What Alderwick reads, repairs, grows and argues about, every Friday",
        zone=_ZONE,
        language=language,
        theme=theme,
        created_at=_THEN,
    )
    issue = Issue(
        id=IssueId(1),
        publication=PublicationId(1),
        number=47,
        title="Sundays",
        outline=Outline(_SECTIONS),
        created_at=_THEN,
    )
    desk = replace(settings, base_url="https://letter.example.org")
    return Sample(publication, issue, {PinnedItem(one.item, 1): one for one in _ITEMS}, _OCCURRENCES, desk)


def _item(id: int, outlet: str, title: str, excerpt: str, language: str | None = None) -> ItemVersion:
    return ItemVersion(
        item=ItemId(id),
        number=1,
        title=title,
        excerpt=excerpt,
        body="",
        url=f"https://{outlet.split()[-1].lower()}.example/stories/{id}",
        outlet=outlet,
        author=None,
        published=None,
        language=language,
        seen_at=_THEN,
    )


_ITEMS = (
    _item(
        1,
        "Alder Courier",
        "After eleven years, the library opens its doors on Sundays",
        "<p>From January the reading room on Market Square will be open from noon to five on Sundays.</p><p>The "
        '<a href="https://alderwick.example/minutes">minutes of the meeting</a> list four volunteers with a key.</p>',
    ),
    _item(
        2, "Allotment Bulletin", "Half plots cut the waiting list from six years to three", "<p>64 households dig.</p>"
    ),
    _item(
        3,
        "County Ledger",
        "The budget in one page, drawn by the people who pay it",
        "<p>The town spends 31 million a year. <em>The largest block is not the one that most people guess.</em></p>"
        "<ul><li>Roads and bridges</li><li>Schools</li></ul><blockquote><p>It fits on a fridge.</p></blockquote>",
    ),
    _item(
        4, "Radio Alder", "A crossing for the school gate, at the third attempt", "<p>Children painted the first.</p>"
    ),
    _item(5, "Radio Ribera", "El mercado de los sábados vuelve a la plaza", "<p>Después de dos inviernos.</p>", "es"),
    _item(6, "Harbor Letter", "ما ينمو عند مرسى العبّارة القديم", "<p>أحصى عالم نبات 118 نوعًا.</p>", "ar"),
    _item(
        7,
        "Mill Race Review",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungszeremonienprotokoll",
        "<p>A word that long must fold on a telephone. 🚲</p>",
    ),
)


def _block(id: int, *items: int, headline: str | None = None, blurb: str | None = None) -> Block:
    return Block(
        id=BlockId(id),
        kind=BlockKind.ITEM if items else BlockKind.TEXT,
        items=tuple(PinnedItem(ItemId(one), 1) for one in items),
        headline=headline,
        blurb=blurb,
    )


_SECTIONS = (
    Section(
        id=SectionId(1),
        blocks=(
            _block(
                1, blurb="The library gets its Sundays back. *Seven stories* this week, and six dates for the fridge."
            ),
            replace(_block(2, 1), teaser="Library opens on Sundays"),
            _block(3, 2),
        ),
    ),
    Section(
        id=SectionId(2),
        name="Town and council",
        blocks=(
            _block(4, 3),
            _block(5, 4, 5, headline="Two plans for the square", blurb="Both want the same Saturday."),
            _block(6, 6),
            _block(7, 7),
        ),
    ),
    Section(
        id=SectionId(3),
        blocks=(
            _block(
                8,
                headline="This letter is paid for by its readers",
                blurb="No advertising, no owner.\n\n**[Give a coffee a month](https://letter.example.org/support)**",
            ),
            Block(id=BlockId(9), kind=BlockKind.CALENDAR),
        ),
    ),
    Section(
        id=SectionId(4),
        name="Visits and exchanges",
        blocks=(
            _block(
                10, blurb="* [Two weeks in Lindenau for three gardeners](https://twinning.example/gardeners)\n* Cycling"
            ),
        ),
    ),
)


def _event(id: int, title: str, first: date, last: date | None = None, *, hour: int | None = None) -> Occurrence:
    start = first if hour is None else datetime(first.year, first.month, first.day, hour, 30, tzinfo=ZoneInfo(_ZONE))
    return Occurrence(
        id=f"{id}:{first.isoformat()}",
        event=EventId(id),
        title=title,
        description="<p>Bring a lantern, and a friend.</p>" if id % 2 else "",
        start=start,
        end=last,
        all_day=hour is None,
        first_date=first,
        last_date=last or first,
        dates=(first, date(2026, 12, 9)) if id == 4 else (),
        zone=_ZONE if hour is not None else None,
        place="Old Ferry House" if id % 3 else None,
        online=id == 3,
        url=f"https://letter.example.org/events/{id}" if id % 2 else None,
        contact="walk@alderwick.example" if id == 5 else None,
    )


_OCCURRENCES = (
    _event(1, "The river in ninety photographs", date(2026, 10, 3), date(2026, 12, 6)),
    _event(2, "Winter seed swap and tool exchange", date(2026, 11, 28), date(2026, 11, 29)),
    _event(3, "Open budget evening", date(2026, 11, 30), hour=19),
    _event(4, "Mend your own bicycle, in two evenings", date(2026, 12, 2), hour=18),
    _event(5, "Lantern walk to the weir", date(2026, 12, 5)),
    _event(6, "Winter school of the choir", date(2026, 12, 30), date(2027, 1, 2)),
)
