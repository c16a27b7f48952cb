"""An issue in the words of its outline pane. Pure: stored rows in, lines for a template out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.model.asset import NO_ASSETS, Assets
from newsletter.model.event import Occurrence
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, PinnedItem, Section
from newsletter.model.item import ItemVersion
from newsletter.store.kept_versions import Changed
from newsletter.store.presences import Present
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain
from newsletter.web.dates import told
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext

LINE = 180
"""Characters of a text that stand for it in the outline."""
CALENDAR_LINE = 4
"""Events that stand for the calendar in the outline."""


@dataclass(frozen=True, kw_only=True)
class Credit:
    """An outlet that a block may be credited to; without an item, as its own says."""

    item: int | None
    name: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class ShownBlock:
    """A block as a person sees it closed, with what lies under the editor's fields."""

    block: Block
    title: str
    """What it is called, also in the labels of its buttons."""
    text: str
    """Its first words."""
    facts: tuple[str, ...]
    originals: tuple[ItemVersion, ...]
    words: int = 0
    """How many its text has, as readers get it."""
    changed: tuple[Changed, ...] = ()
    """What its source changed since, and nobody has decided about."""
    credits: tuple[Credit, ...] = ()
    others: tuple[Present, ...] = ()
    """Who else is in it."""
    picture: str = ""
    """The name of its picture."""


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    """A section with its blocks, and where it stands, from 1."""

    section: Section
    place: int
    name: str
    """Its heading, or a word for having none."""
    blocks: tuple[ShownBlock, ...]

    @property
    def over(self) -> bool:
        """Whether it has more blocks than its editors want."""
        return self.section.most is not None and len(self.blocks) > self.section.most


def shown(
    issue: Issue,
    versions: Mapping[PinnedItem, ItemVersion],
    *,
    occurrences: Sequence[Occurrence] = (),
    assets: Assets = NO_ASSETS,
    changed: Sequence[Changed] = (),
    others: Sequence[Present] = (),
) -> tuple[ShownSection, ...]:
    """The outline of an issue in words. `others` are those who are in its blocks, without the person who asks."""
    return tuple(
        ShownSection(
            section=section,
            place=place,
            name=section_name(section, place),
            blocks=tuple(
                _block(
                    block,
                    versions,
                    occurrences,
                    assets,
                    tuple(one for one in changed if one.block == block.id),
                    tuple(one for one in others if one.block == block.id),
                )
                for block in section.blocks
            ),
        )
        for place, section in enumerate(issue.outline.sections, 1)
    )


def section_name(section: Section, place: int) -> str:
    """Its heading; else a word for having none."""
    return section.name or (_("Opening") if place == 1 else _("Section %(place)s", place=place))


def shorten(text: str, most: int = LINE) -> str:
    """The first words, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: text.rfind(" ", 0, most) if " " in text[:most] else most] + "…"


def _block(
    block: Block,
    versions: Mapping[PinnedItem, ItemVersion],
    occurrences: Sequence[Occurrence],
    assets: Assets,
    changed: tuple[Changed, ...],
    others: tuple[Present, ...],
) -> ShownBlock:
    originals = tuple(versions[pinned] for pinned in block.items if pinned in versions)
    first = originals[0] if originals else None
    blurb = plain(to_html(block.blurb)) if block.blurb else ""
    text = blurb or (plain(first.excerpt) if first else "")
    words = len(text.split())
    match block.kind:
        case BlockKind.CALENDAR:
            title, facts = block.headline or _("Calendar"), _calendar_facts(occurrences)
            text = _calendar_line(occurrences)
        case BlockKind.TEXT:
            title, facts = block.headline or shorten(blurb, 60) or _("Text"), [_("text"), _words(words)]
        case BlockKind.IMAGE:
            title, facts = block.alt or _("Image"), [_("image"), *_image_facts(block, assets)]
        case _:
            title = block.headline or (first.title if first else "") or shorten(text, 60) or _("Without a title")
            outlet = block.outlet or (first.outlet if first else None)
            facts = [*([_credit(outlet, originals)] if outlet else []), *([_words(words)] if text else [])]
    if len(originals) > 1:
        facts.append(ngettext("%(n)s item", "%(n)s items", len(originals)))
    if block.teaser:
        facts.append(_("in the subject: %(teaser)s", teaser=block.teaser))
    if block.standing:
        facts.append(_standing(block.standing.first, block.standing.last))
    return ShownBlock(
        block=block,
        title=title,
        text=shorten(text),
        facts=tuple(facts),
        originals=originals,
        words=words,
        changed=changed,
        credits=_credits(block, originals),
        others=others,
        picture=block.asset or "",
    )


def _credit(outlet: str, originals: Sequence[ItemVersion]) -> str:
    also = list(
        dict.fromkeys(
            one.outlet for original in originals for one in original.also_in if one.outlet and one.outlet != outlet
        )
    )
    return _("%(outlet)s, also in %(others)s", outlet=outlet, others=", ".join(also)) if also else outlet


def _credits(block: Block, originals: Sequence[ItemVersion]) -> tuple[Credit, ...]:
    """The outlets of a story, its own first; nothing to choose where there is one."""
    if not originals or not any(one.also_in for one in originals):
        return ()
    own = originals[0].outlet or _("its source")
    found = {own.casefold(): Credit(item=None, name=own, current=block.outlet in (None, own))}
    for other in (one for original in originals for one in original.also_in):
        if other.outlet and other.outlet.casefold() not in found:
            found[other.outlet.casefold()] = Credit(
                item=other.id, name=other.outlet, current=other.outlet == block.outlet
            )
    return tuple(found.values()) if len(found) > 1 else ()


def _words(count: int) -> str:
    return ngettext("%(n)s word", "%(n)s words", count)


def _image_facts(block: Block, assets: Assets) -> list[str]:
    found = assets.get(block.asset or "")
    if found is None:
        return [_("its file is missing")]
    return [f"{found.width} × {found.height}", f"{max(1, round(found.size / 1000))} KB"]


def _calendar_line(occurrences: Sequence[Occurrence]) -> str:
    coming = [one for one in occurrences if not one.hidden]
    line = ", ".join(shorten(one.title, 40) for one in coming[:CALENDAR_LINE])
    more = len(coming) - CALENDAR_LINE
    return _("%(events)s, and %(n)s more", events=line, n=more) if more > 0 else line


def _calendar_facts(occurrences: Sequence[Occurrence]) -> list[str]:
    coming = [one for one in occurrences if not one.hidden]
    hidden, pinned = len(occurrences) - len(coming), sum(one.pinned for one in coming)
    return [
        ngettext("%(n)s event", "%(n)s events", len(coming)) if coming else _("no coming event: it is left out"),
        *([_("%(n)s pinned", n=pinned)] if pinned else []),
        *([_("%(n)s hidden", n=hidden)] if hidden else []),
    ]


def _standing(first: date | None, last: date | None) -> str:
    begins = told(first, "day") if first else ""
    ends = told(last, "day") if last else ""
    if first and last:
        return _("in every issue from %(begins)s until %(ends)s", begins=begins, ends=ends)
    if first:
        return _("in every issue from %(begins)s", begins=begins)
    return _("in every issue until %(ends)s", ends=ends) if last else _("in every issue")


def others_at(present: Sequence[Present], number: int, user: int) -> list[Present]:
    """Who else is at an issue, each once, by when they came."""
    found: dict[int, Present] = {}
    for one in sorted(present, key=lambda one: one.since):
        if one.issue == number and one.user != user:
            found.setdefault(one.user, one)
    return list(found.values())


def in_block(present: Sequence[Present], number: int, user: int) -> list[Present]:
    """Who else is in a block of an issue."""
    return [one for one in present if one.issue == number and one.user != user and one.block != BlockId(0)]
