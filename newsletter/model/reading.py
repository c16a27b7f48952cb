"""A rendition as one reader sees it, for files and previews; sending splices ready bytes instead."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from newsletter.model.merge import filled
from newsletter.model.personal import NOBODY, Facts, told
from newsletter.model.rendition import RenditionData


def html_for(data: RenditionData, values: Mapping[str, str], facts: Facts = NOBODY) -> str:
    """The HTML part; `values` has one for each named slot."""
    return filled(told(data.html, data.nonce, data.personal, facts, escape), data.nonce, values, html=True)


def text_for(data: RenditionData, values: Mapping[str, str], facts: Facts = NOBODY) -> str:
    """The text part."""
    return filled(told(data.text, data.nonce, data.personal, facts, str), data.nonce, values, html=False)
