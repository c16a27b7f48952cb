"""The changes of an issue in words: `block 12 edited` as “Library” edited. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.model.issue import Block, BlockId
from newsletter.model.revision import Revision
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain
from newsletter.web.languages import gettext as _
from newsletter.web.shown import shorten

_BLOCK = re.compile(r"block (\d+) (edited|moved|removed|cut|credited|renewed)")
TITLE = 50


def change_in_words(revision: Revision, titles: Mapping[BlockId, str]) -> str:
    """What was done, naming the block: by its title now, or what it was called before the change."""
    if found := _BLOCK.fullmatch(revision.change):
        name = shorten(titles.get(BlockId(int(found[1]))) or _title(revision, BlockId(int(found[1]))), TITLE)
        return {
            "edited": _("“%(name)s” edited", name=name),
            "moved": _("“%(name)s” moved", name=name),
            "removed": _("“%(name)s” taken out", name=name),
            "cut": _("“%(name)s” cut", name=name),
            "credited": _("“%(name)s” credited to another outlet", name=name),
            "renewed": _("“%(name)s” renewed from its source", name=name),
        }[found[2]]
    known = {
        "section added": _("section added"),
        "section renamed": _("section renamed"),
        "section moved": _("section moved"),
        "section removed": _("section removed"),
        "section limited": _("limit of a section set"),
        "items added": _("items added"),
        "text added": _("text added"),
        "image added": _("image added"),
        "calendar added": _("calendar added"),
        "issue set": _("title, subject or preheader changed"),
        "filled": _("filled with what was picked"),
        "version restored": _("named version restored"),
        "earlier state restored": _("earlier state restored"),
    }
    return known.get(revision.change, revision.change)


def _title(revision: Revision, wanted: BlockId) -> str:
    block = next((one for one in revision.before.outline.blocks() if one.id == wanted), None)
    return _own_title(block) if block else _("a block")


def _own_title(block: Block) -> str:
    return block.headline or block.alt or shorten(plain(to_html(block.blurb or "")), TITLE) or _("a block")
