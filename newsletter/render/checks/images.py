"""Pictures: words for those who do not see them, a width for Outlook, and a weight that a phone can carry."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.issue import BlockId, BlockKind
from newsletter.render.checks.checked import Checked, warning

HEAVY = 200 * 1024
"""Bytes of one picture."""
HEAVY_TOGETHER = 1024 * 1024


def check(seen: Checked) -> Iterator[Finding]:
    """Every picture has an alternative text and a width; their weight is told where it is known."""
    weights: dict[str, int] = {}
    for image in seen.document.xpath("//img"):
        source = image.get("src") or ""
        name = source.rsplit("/", 1)[-1] or "without an address"
        block = _block(seen, source)
        alone_in_link = image.getparent().tag == "a" and not image.getparent().text_content().strip()
        if image.get("alt") is None or (alone_in_link and not image.get("alt").strip()):
            yield warning(
                "missing-alt",
                f'The picture {name} has no alternative text: say in alt what it shows, or alt="" where it only '
                f"decorates ({seen.mend(block)}).",
                block,
            )
        if not (image.get("width") or "").isdigit():
            yield warning(
                "image-width",
                f"The picture {name} has no width, so Outlook shows it as large as its file is: give it a width in "
                f"pixels ({seen.mend(block)}).",
                block,
            )
        known = seen.links.get(source)
        ours = seen.assets.get(name)
        size = ours.size if ours else known.size if known else None
        if size is not None:
            weights[source] = size
    for one in seen.issue.outline.blocks():
        if one.kind is BlockKind.IMAGE and one.asset not in seen.assets:
            yield warning(
                "image-gone",
                "The picture of this block is not in the workspace, and the issue goes without it: remove the block "
                f"(newsletter issue remove {seen.issue.number} {one.id}), or bring back what belongs into assets/.",
                one.id,
            )
    for source, size in weights.items():
        if size > HEAVY:
            yield warning(
                "image-weight",
                f"The picture {source.rsplit('/', 1)[-1]} weighs {size // 1024:,} KB; make it smaller than "
                f"{HEAVY // 1024} KB.",
                _block(seen, source),
            )
    if (together := sum(weights.values())) > HEAVY_TOGETHER:
        yield warning(
            "image-weight",
            f"The pictures weigh {together // 1024:,} KB together; stay under {HEAVY_TOGETHER // 1024:,} KB.",
        )


def _block(seen: Checked, source: str) -> BlockId | None:
    name = source.rsplit("/", 1)[-1]
    return seen.block_with(name if name in seen.assets else source)
