"""What an issue should have before it is worth a reader's time."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.issue import BlockKind
from newsletter.render.checks.checked import Checked, error, warning
from newsletter.render.subject import preheader_of, teasers
from newsletter.text.characters import one_line


def check(seen: Checked) -> Iterator[Finding]:
    """Blocks, a subject that says something, and items with a link and an outlet."""
    blocks = seen.issue.outline.blocks()
    if not blocks:
        yield error("no-blocks", f"The issue is empty: fill it with newsletter issue fill {seen.issue.number}")
        return
    if not one_line(seen.data.subject):
        yield error("no-subject", f"The subject is empty: newsletter issue set {seen.issue.number} --subject TEXT")
    elif not seen.issue.subject and "{teaser" in seen.publication.subject and not teasers(blocks):
        yield warning(
            "no-teaser",
            "No block has a teaser, so the subject says only which issue it is: newsletter issue edit "
            f"{seen.issue.number} BLOCK --teaser TEXT",
        )
    headlines = [_headline(seen, block.id) for block in blocks if block.kind is BlockKind.ITEM]
    if not preheader_of(seen.issue, headlines):
        yield warning(
            "no-preheader",
            "The preheader, the line after the subject in the list of mails, is empty: newsletter issue set "
            f"{seen.issue.number} --preheader TEXT",
        )
    yield from _items(seen)


def _items(seen: Checked) -> Iterator[Finding]:
    for block in seen.issue.outline.blocks():
        items = [seen.versions[pin] for pin in block.items if pin in seen.versions]
        if block.kind is not BlockKind.ITEM or len(items) != len(block.items) or not items:
            continue
        name = one_line(block.headline or items[0].title) or "without a headline"
        if not one_line(block.headline or items[0].title):
            yield error(
                "no-headline",
                f"Block {block.id} has no headline: newsletter issue edit "
                f"{seen.issue.number} {block.id} --headline TEXT",
                block.id,
            )
        if not (block.url or any(item.url for item in items)):
            yield warning(
                "no-link",
                f"“{name}” has no link: newsletter issue edit {seen.issue.number} {block.id} --url URL",
                block.id,
            )
        if len(items) == 1 and not one_line(block.outlet or items[0].outlet or ""):
            yield warning(
                "no-outlet",
                f"“{name}” does not say which outlet it is from: newsletter issue edit "
                f"{seen.issue.number} {block.id} --outlet NAME",
                block.id,
            )


def _headline(seen: Checked, id: int) -> str:
    block = next(one for one in seen.issue.outline.blocks() if one.id == id)
    first = next((seen.versions[pin] for pin in block.items if pin in seen.versions), None)
    return block.headline or (first.title if first else "an item")
