"""An issue becomes a rendition: its templates filled once, its CSS inlined once, its links numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import lxml.html

from newsletter.model.asset import NO_ASSETS, Assets
from newsletter.model.event import Occurrence
from newsletter.model.issue import Issue, Outline, PinnedItem
from newsletter.model.item import ItemVersion
from newsletter.model.merge import SLOTS, new_nonce, token
from newsletter.model.nesting import unwrapped, unwrapped_text
from newsletter.model.personal import BadPersonalisation, Marks
from newsletter.model.publication import Publication
from newsletter.model.rendition import Link, RenditionData
from newsletter.render.archived import ARCHIVE, archive_url
from newsletter.render.filling import fill
from newsletter.render.subject import subject_of
from newsletter.render.themes import open_theme
from newsletter.render.variables import Value
from newsletter.render.view import view
from newsletter.settings import Settings
from newsletter.text.characters import one_line


def compose(
    publication: Publication,
    issue: Issue,
    versions: Mapping[PinnedItem, ItemVersion],
    occurrences: Sequence[Occurrence],
    *,
    settings: Settings,
    on: date,
    nonce: str | None = None,
    assets: Assets = NO_ASSETS,
    look: Mapping[str, Value] | None = None,
) -> RenditionData:
    """Everything a reader receives, for an issue of the local day `on`.

    `versions` holds the version of each pinned item; `occurrences` is the calendar, in order, `assets` has the
    pictures of image blocks, and `look` values for variables of the theme. `nonce` is drawn where none is given.
    Raises NewsletterError where the theme or the subject cannot be used.
    """
    nonce = nonce or new_nonce()
    theme = open_theme(issue.theme or publication.theme, settings).with_values(look or {})
    subject = subject_of(publication, issue, on=on)
    marks = Marks(nonce)
    seen = view(
        publication,
        _marked(issue, marks),
        versions,
        occurrences,
        base_url=settings.base_url,
        nonce=nonce,
        on=on,
        subject=subject,
        theme=theme.variables,
        assets=assets,
    )
    seen["in_browser"] = (
        archive_url(settings.base_url + publication.path, issue.number)
        if settings.base_url and issue.in_archive
        else ""
    )
    seen["archive"] = f"{settings.base_url}{publication.path}{ARCHIVE}" if seen["in_browser"] else ""
    html, text = fill(theme, seen)
    html, text = unwrapped(html, nonce), unwrapped_text(text, nonce)
    return RenditionData(
        subject=subject,
        sender=publication.sender,
        reply_to=publication.reply_to,
        list_id=list_id(publication, settings.base_url),
        html=html,
        text=_calm(text),
        base_url=settings.base_url,
        nonce=nonce,
        links=links_of(html, nonce),
        day=on,
        personal=tuple(marks.places),
    )


def _marked(issue: Issue, marks: Marks) -> Issue:
    """The issue with tokens where its editors' words are personal; what cannot be read stays for the checks."""

    def marked(text: str | None) -> str | None:
        try:
            return marks.mark(text) if text and ("{{" in text or "{%" in text) else text
        except BadPersonalisation:
            return text

    sections = [
        replace(
            section,
            blocks=tuple(
                replace(block, headline=marked(block.headline), blurb=marked(block.blurb)) for block in section.blocks
            ),
        )
        for section in issue.outline.sections
    ]
    return replace(issue, outline=Outline(tuple(sections)))


def links_of(html: str, nonce: str) -> tuple[Link, ...]:
    """Every http(s) link of a document once, numbered from 1 in its order; what differs by reader is not one."""
    own = {token(nonce, slot) for slot in SLOTS}
    targets = dict.fromkeys(
        target
        for target in lxml.html.document_fromstring(html).xpath("//a/@href")
        if target.lower().startswith(("http://", "https://")) and not any(one in target for one in own)
    )
    return tuple(Link(number, str(target)) for number, target in enumerate(targets, 1))


def list_id(publication: Publication, base_url: str) -> str:
    """`Name <slug.host>` (RFC 2919 §3); the host is that of the base URL, else localhost."""
    name = one_line(publication.name.translate(dict.fromkeys(map(ord, '<>"\\'))))
    return f"{name} <{publication.list_name(base_url)}>"


def _calm(text: str) -> str:
    """No spaces at the ends of lines, never more than two empty lines, one line break at the end."""
    lines: list[str] = []
    for line in text.replace("\u00a0", " ").replace("\u202f", " ").split("\n"):
        if line.strip() or lines[-2:] != ["", ""]:
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"
