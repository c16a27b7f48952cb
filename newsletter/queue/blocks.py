"""What an editor does with one block beyond its words: where it stands, what it is cut to, what it is credited to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsletter.errors import Conflict, NewsletterError, NotFound
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, PinnedItem
from newsletter.model.item import ItemId, ItemVersion
from newsletter.queue import outline as edits
from newsletter.queue.editing import Editor
from newsletter.store import Tx, issues, kept_versions
from newsletter.text.excerpt import first_sentences, upto_sentence
from newsletter.text.markdown import to_html
from newsletter.text.to_markdown import to_markdown

MOST_BLOCKS = 1_000


def place_block(
    editor: Editor, number: int | None, block: BlockId, *, section: str, to: int, if_version: int | None = None
) -> Issue:
    """Put a block at a place of a section, counted from 1 among the others; beyond its end is at its end."""

    def edit(_: Tx, issue: Issue) -> Issue:
        index = edits.find_section(issue.outline, section)
        others = [one for one in issue.outline.sections[index].blocks if one.id != block]
        rank = min(max(to, 1), len(others) + 1)
        spot = edits.find_block(issue.outline, block)
        return replace(issue, outline=edits.move_block(issue.outline, spot, rank, index))

    return editor.change(number, f"block {block} moved", edit, if_version=if_version)


def place_section(editor: Editor, number: int | None, section: str, *, to: int, if_version: int | None = None) -> Issue:
    """Put a section at a place, counted from 1; beyond the end is at the end."""

    def edit(_: Tx, issue: Issue) -> Issue:
        index = edits.find_section(issue.outline, section)
        rank = min(max(to, 1), len(issue.outline.sections))
        return replace(issue, outline=edits.move_section(issue.outline, index, rank))

    return editor.change(number, "section moved", edit, if_version=if_version)


def limit_section(editor: Editor, number: int | None, section: str, most: int | None) -> Issue:
    """So many blocks at most in a section, or no limit. What is over it is warned of, not refused."""
    if most is not None and not 1 <= most <= MOST_BLOCKS:
        raise NewsletterError(f"A limit is a number from 1 to {MOST_BLOCKS}.", where="most")

    def edit(_: Tx, issue: Issue) -> Issue:
        index = edits.find_section(issue.outline, section)
        return replace(issue, outline=edits.limit_section(issue.outline, index, most))

    return editor.change(number, "section limited", edit)


def add_calendar(editor: Editor, number: int | None, *, section: str | None = None) -> Issue:
    """The calendar, at the end of a section. Raises NewsletterError where the issue has one already."""

    def edit(_: Tx, issue: Issue) -> Issue:
        if any(block.kind is BlockKind.CALENDAR for block in issue.outline.blocks()):
            raise NewsletterError("The calendar is in this issue already.", code="exists", where="BLOCK")
        index = edits.find_section(issue.outline, section) if section else len(issue.outline.sections) - 1
        return replace(issue, outline=edits.add_block(issue.outline, Block(kind=BlockKind.CALENDAR), index))

    return editor.change(number, "calendar added", edit)


def take_sentences(editor: Editor, number: int | None, block: BlockId, count: int) -> Issue:
    """The first so many sentences of what the source says, as the block's own text."""
    if not 1 <= count <= 99:
        raise NewsletterError("Take from 1 to 99 sentences.", where="sentences")

    def text(_: Block, original: ItemVersion | None) -> str:
        return first_sentences(original.body or original.excerpt, count) if original else ""

    return _with_blurb(editor, number, block, "cut", text)


def cut_at_sentence(editor: Editor, number: int | None, block: BlockId) -> Issue:
    """The block's text up to its last whole sentence; what is whole loses its last one."""

    def text(old: Block, original: ItemVersion | None) -> str:
        return upto_sentence(to_html(old.blurb) if old.blurb else original.excerpt if original else "")

    return _with_blurb(editor, number, block, "cut", text, needs_item=False)


def take_text(editor: Editor, number: int | None, block: BlockId, html: str) -> Issue:
    """Clean HTML that an editor picked from the full text of a source, as the block's own text."""
    if not html.strip():
        raise NewsletterError("Tick at least one sentence of it.", where="text")
    return _with_blurb(editor, number, block, "cut", lambda _, __: html, needs_item=False)


def credit_to(editor: Editor, number: int | None, block: BlockId, item: ItemId | None) -> Issue:
    """Credit a block to where else its story stands: outlet and link of that item. None: as its own item says."""

    def edit(tx: Tx, issue: Issue) -> Issue:
        spot = edits.find_block(issue.outline, block)
        old = edits.block_at(issue.outline, spot)
        versions = issues.versions(tx, issue.id)
        originals = [versions[pin] for pin in old.items if pin in versions]
        if item is None:
            return replace(issue, outline=edits.replace_block(issue.outline, spot, replace(old, outlet=None, url=None)))
        for other in (one for original in originals for one in original.also_in):
            if other.id == item:
                fresh = replace(old, outlet=other.outlet, url=other.url)
                return replace(issue, outline=edits.replace_block(issue.outline, spot, fresh))
        raise NotFound("That item does not tell the same story any more.", where="ITEM")

    return editor.change(number, f"block {block} credited", edit)


def take_new_version(editor: Editor, number: int | None, block: BlockId, item: ItemId, version: int) -> Issue:
    """Pin the item as its source has it now. The editor's own words stay over it.

    Raises Conflict where the source changed once more since the person looked.
    """

    def edit(tx: Tx, issue: Issue) -> Issue:
        found = [one for one in kept_versions.changed(tx, issue.id, block) if one.item == item]
        if not found:
            raise NotFound("The block has the latest text already.", where="ITEM")
        if found[0].now.number != version:
            raise Conflict("The source changed it once more; look at the new text first.")
        spot = edits.find_block(issue.outline, block)
        old = edits.block_at(issue.outline, spot)
        fresh = tuple(PinnedItem(item, version) if pin.item == item else pin for pin in old.items)
        return replace(issue, outline=edits.replace_block(issue.outline, spot, replace(old, items=fresh)))

    return editor.change(number, f"block {block} renewed", edit)


def keep_version(editor: Editor, number: int | None, block: BlockId, item: ItemId, version: int) -> None:
    """Leave the block as it is, and do not speak of this change of the source again."""
    with editor.store.writing() as tx:
        issue = editor.draft(tx, number)
        edits.find_block(issue.outline, block)
        kept_versions.keep(tx, block, item, version)


def _with_blurb(
    editor: Editor,
    number: int | None,
    block: BlockId,
    what: str,
    text: Callable[[Block, ItemVersion | None], str],
    *,
    needs_item: bool = True,
) -> Issue:
    def edit(tx: Tx, issue: Issue) -> Issue:
        spot = edits.find_block(issue.outline, block)
        old = edits.block_at(issue.outline, spot)
        versions = issues.versions(tx, issue.id)
        first = next((versions[pin] for pin in old.items if pin in versions), None)
        if needs_item and first is None:
            raise NewsletterError("This block has no source to take sentences from.", where="BLOCK")
        markdown = to_markdown(text(old, first))
        if not markdown:
            raise NewsletterError("There is no text to cut.", where="BLOCK")
        return replace(issue, outline=edits.replace_block(issue.outline, spot, replace(old, blurb=markdown)))

    return editor.change(number, f"block {block} {what}", edit)
