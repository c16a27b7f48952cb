"""What a template sees: plain dicts, lists, text and numbers, made from an issue without touching anything.

    language, dir, subject, preheader, theme       `theme` holds the variables of theme.toml
    publication     name, tagline, address
    issue           number, title, date (long, in the publication's language)
    words           our own words in that language (`calendar`, `unsubscribe`, …)
    unsubscribe     the address of the reader's own unsubscribe page (a merge token)
    in_browser      the address of the issue's public page; empty where it has none
    archive         the address of the list of issues, where the issue will stand in it; else empty
    lede            the editors' words before everything, or none: html, text
    sections        name (may be empty), marked (whether the mark stands before it), blocks

    a block         kind `item`: level, lead, outlet, headline, url, html, text, language, dir, others, also (the words
                    before also_in), also_in, picture (of the lead: an image block that follows it, or none)
                    kind `text`: level, headline, boxed, pieces, text; a piece has html, or button and url
                    kind `image`: level, src, alt, width and height (as shown), url, html, text (the caption)
                    kind `calendar`: level, events
    one of others   outlet, headline, url, html, text
    one of also_in  outlet, url: where else the story stands
                    groups (each: title, level, events; one without a title for a plain list), page, subscribe
    an event        title, url, page, times, zones (each: city, time; two to four, or none), place, html, text,
                    contact, mailto, add (ics, google, outlook; or none),
                    top, day, bottom, line, weekdays (see dates.when)

`html` is clean HTML that is safe to print; `text` is wrapped. Everything else is plain text, escaped by the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from newsletter.model.asset import NO_ASSETS, Assets
from newsletter.model.event import EventStatus, Occurrence
from newsletter.model.issue import Block, BlockKind, Issue, PinnedItem, Section
from newsletter.model.item import ItemVersion
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.publication import Publication
from newsletter.render.agenda import agenda
from newsletter.render.columns import WIDTH
from newsletter.render.dates import full_date
from newsletter.render.image import image
from newsletter.render.prose import Button, pieces, prose
from newsletter.render.prose_text import prose_text
from newsletter.render.subject import preheader_of
from newsletter.render.words import direction, primary, words
from newsletter.text.characters import one_line, tidy
from newsletter.text.links import absolute
from newsletter.text.markdown import to_html

View = dict[str, Any]


def view(
    publication: Publication,
    issue: Issue,
    versions: Mapping[PinnedItem, ItemVersion],
    occurrences: Sequence[Occurrence],
    *,
    base_url: str,
    nonce: str,
    on: date,
    subject: str,
    theme: Mapping[str, Any],
    assets: Assets = NO_ASSETS,
) -> View:
    """The whole issue as a template sees it, for the local day `on`. Sections without anything to show are left out."""
    language = publication.language
    said = words(language)
    shown_events = [one for one in occurrences if not one.hidden and one.status is EventStatus.CONFIRMED]
    events = agenda(publication, shown_events, on=on, base_url=base_url, said=said)
    excerpts = bool(theme.get("excerpts", True))

    def one(block: Block, level: int) -> View | None:
        if block.kind is BlockKind.TEXT:
            return _text(block, level)
        if block.kind is BlockKind.IMAGE:
            return image(block, assets, level=level, base_url=base_url, theme=theme)
        if block.kind is BlockKind.ITEM:
            items = [versions[pin] for pin in block.items if pin in versions]
            return _item(block, items, level, language, excerpts)
        return None

    sections = [
        shown for section in issue.outline.sections for shown in _sections(section, one, events, said["calendar"])
    ]
    lede = _lede(sections)
    sections = [section for section in sections if section["blocks"]]
    _mark_lead(sections, bool(theme.get("lead", True)))
    headlines = [block["headline"] for section in sections for block in section["blocks"] if block.get("headline")]
    return {
        "language": language,
        "dir": direction(language),
        "subject": subject,
        "preheader": preheader_of(issue, headlines),
        "theme": dict(theme),
        "base_url": base_url,
        "publication": {
            "name": one_line(publication.name),
            "tagline": one_line(publication.tagline),
            "address": address_line(publication),
        },
        "issue": {"number": issue.number, "title": one_line(issue.title), "date": full_date(on, language)},
        "words": said,
        "unsubscribe": token(nonce, UNSUBSCRIBE),
        "lede": lede,
        "sections": sections,
    }


def address_line(publication: Publication) -> str:
    """The postal address on one line, its lines parted by commas."""
    lines = (one_line(line).rstrip(",") for line in tidy(publication.address).split("\n"))
    return ", ".join(line for line in lines if line)


def _sections(
    section: Section, shown_as: Callable[[Block, int], View | None], events: View, calendar: str
) -> list[View]:
    """A section as it is shown: a calendar that does not begin it with its heading stands under one of its own."""
    name = one_line(section.name)
    level = 3 if name else 2
    shown: list[View] = [{"name": name, "marked": True, "blocks": []}]
    for block in section.blocks:
        if block.kind is BlockKind.CALENDAR:
            if not events["events"]:
                continue
            found: View = {"kind": "calendar", "id": block.id, "level": 3, **events}
            own = one_line(block.headline or "")
            if name and not own and not shown[-1]["blocks"]:
                shown[-1]["blocks"].append(found)
            else:
                shown.append({"name": own or calendar, "marked": True, "blocks": [found]})
                shown.append({"name": "", "marked": True, "blocks": []})
        elif (one := shown_as(block, level)) is not None:
            shown[-1]["blocks"].append(one)
    shown = [one for one in shown if one["blocks"]]
    for one in shown:
        one["marked"] = bool(one["name"]) or not one["blocks"][0].get("boxed")
    return shown


def _item(block: Block, items: list[ItemVersion], level: int, language: str, excerpts: bool) -> View | None:
    """An item under its headline; with several, the editor's headline stands over all of them.

    Without a headline of the editor's the first item leads, and the others follow it. Without `excerpts` an item with
    a headline is its headline; what the editor wrote stays.
    """
    own = one_line(block.headline or "")
    blurb = to_html(block.blurb) if block.blurb else ""
    if not items and not own and not blurb:
        return None
    alone = items[0] if items and (len(items) == 1 or not own) else None
    others = [one for one in items if one is not alone]
    shown = _part(alone, level, excerpts) if alone else {"outlet": "", "headline": "", "url": None, **_NOTHING}
    if blurb:
        shown.update(_prose(blurb, level))
    if own:
        shown["headline"] = own
    if block.outlet is not None:
        shown["outlet"] = one_line(block.outlet)
    if block.url is not None:
        shown["url"] = absolute(block.url)
    foreign = items[0].language if len(items) == 1 and not own and not blurb else None
    if foreign and primary(foreign) == primary(language):
        foreign = None
    return {
        **shown,
        "kind": "item",
        "id": block.id,
        "level": level,
        "lead": False,
        "picture": None,
        "language": foreign,
        "dir": direction(foreign) if foreign else None,
        "others": [_part(one, level, excerpts) for one in others],
        "also": words(language)["also_in"],
        "also_in": _also_in(items),
    }


def _also_in(items: Sequence[ItemVersion]) -> list[View]:
    """The other outlets that tell the story, each once, without those that the block names already."""
    seen = {one_line(one.outlet or "").casefold() for one in items} | {""}
    held = {one.item for one in items}
    found: list[View] = []
    for other in (other for one in items for other in one.also_in if other.id not in held):
        outlet, url = one_line(other.outlet or ""), absolute(other.url) if other.url else None
        if url and outlet.casefold() not in seen:
            seen.add(outlet.casefold())
            found.append({"outlet": outlet, "url": url})
    return found


_NOTHING: View = {"html": "", "text": ""}


def _part(item: ItemVersion, level: int, excerpts: bool) -> View:
    return {
        "outlet": one_line(item.outlet or ""),
        "headline": one_line(item.title),
        "url": absolute(item.url) if item.url else None,
        **(_prose(item.excerpt, level) if excerpts or not one_line(item.title) else _NOTHING),
    }


def _prose(html: str, level: int, *, width: int = WIDTH, tight: bool = False) -> View:
    fit, text = _fitted(html, level, width, tight)
    return {"html": fit, "text": text}


@lru_cache(maxsize=1024)  # a preview after an edit has the same excerpts but one
def _fitted(html: str, level: int, width: int, tight: bool) -> tuple[Markup, str]:
    fit = prose(html, above=level, headings=False)
    return fit, prose_text(fit, width=width, tight=tight)


def _text(block: Block, level: int) -> View | None:
    """Free text. With a headline it is a box, like an appeal; its own headings go on from there."""
    headline = one_line(block.headline or "")
    html = to_html(block.blurb or "")
    above = level if headline else level - 1
    found = pieces(html, above=above)
    if not headline and not found:
        return None
    boxed = bool(headline) or any(isinstance(piece, Button) for piece in found)
    return {
        "kind": "text",
        "id": block.id,
        "level": level,
        "headline": headline,
        "boxed": boxed,
        "pieces": [
            {"html": None, "button": piece.text, "url": piece.url}
            if isinstance(piece, Button)
            else {"html": piece, "button": None, "url": None}
            for piece in found
        ],
        "text": prose_text(prose(html, above=above)),
    }


def _lede(sections: list[View]) -> View | None:
    """The editors' words: a text without a headline that begins an issue, before any heading."""
    first = sections[0] if sections else None
    if first is None or first["name"] or first["blocks"][0]["kind"] != "text" or first["blocks"][0]["boxed"]:
        return None
    block = first["blocks"].pop(0)
    first["marked"] = not (first["blocks"] and first["blocks"][0].get("boxed"))  # a box has a mark of its own
    return {"html": Markup().join(piece["html"] for piece in block["pieces"]), "text": block["text"]}


def _mark_lead(sections: list[View], wanted: bool) -> None:
    """The first item of an issue leads it, where it stands before any heading; a picture after it stands in it."""
    if wanted and sections and not sections[0]["name"] and sections[0]["blocks"][0]["kind"] == "item":
        lead, *rest = sections[0]["blocks"]
        lead["lead"] = True
        if rest and rest[0]["kind"] == "image":
            lead["picture"] = rest[0]
            del sections[0]["blocks"][1]
