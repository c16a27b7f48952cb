"""An image block as a template sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsletter.model.asset import Assets, image_url
from newsletter.model.issue import Block
from newsletter.render.prose import prose
from newsletter.render.prose_text import prose_text
from newsletter.text.characters import one_line
from newsletter.text.links import absolute
from newsletter.text.markdown import to_html

WIDTH = 632
"""Pixels, where a theme does not say how wide its pictures are shown."""


def image(
    block: Block, assets: Assets, *, level: int, base_url: str, theme: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The picture in whole pixels as it is shown, with its words; none where it is not known.

    A file may have twice as many pixels, for dense screens; a small picture is not drawn larger than it is.
    """
    asset = assets.get(block.asset or "")
    if asset is None:
        return None
    asked = theme.get("image_width", WIDTH)
    width = min(int(asked) if isinstance(asked, int | float) and asked >= 1 else WIDTH, asset.width)
    caption = prose(to_html(block.blurb), above=level, headings=False) if block.blurb else ""
    return {
        "kind": "image",
        "id": block.id,
        "level": level,
        "src": image_url(base_url, asset.name),
        "alt": one_line(block.alt or ""),
        "width": width,
        "height": max(round(asset.height * width / asset.width), 1),
        "url": absolute(block.url) if block.url else None,
        "html": caption,
        "text": prose_text(caption) if caption else "",
    }
