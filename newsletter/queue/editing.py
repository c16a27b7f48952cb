"""What an editor does to a draft: each is read, changed by a pure edit, and kept in one transaction.

`if_version` is the version the editor saw: of the block for `edit_block`, of the issue for all else. Every function
raises NotFound, Refused where the issue is no draft, and Conflict where somebody was faster; then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from newsletter.clock import Clock
from newsletter.errors import Conflict, NewsletterError, NotFound, Refused
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, IssueState, Outline, PinnedItem, Standing
from newsletter.model.item import ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.model.tags import read_tags
from newsletter.queue import outline as edits
from newsletter.store import Store, Tx, assets, corrections, issues, items
from newsletter.store.within import Within
from newsletter.text.personal import check_personal


@dataclass(frozen=True)
class Editor:
    """Who edits which newsletter, and where it is kept."""

    store: Store
    clock: Clock
    publication: Publication
    who: str

    def change(
        self,
        number: int | None,
        what: str,
        edit: Callable[[Tx, Issue], Issue],
        *,
        if_version: int | None = None,
        joins: bool = False,
    ) -> Issue:
        """Read a draft, change it, and keep it. With `joins` it may be one step of the history with the one before."""
        with self.store.writing() as tx:
            issue = self._at_version(self.draft(tx, number), if_version)
            return issues.save(tx, issue, edit(tx, issue), who=self.who, change=what, now=self.clock.now(), joins=joins)

    @contextmanager
    def together(self, number: int | None = None, *, if_version: int | None = None) -> Iterator[Editor]:
        """Several changes that are all kept, or none of them; of an issue that still is at this version."""
        with self.store.writing() as tx:
            if if_version is not None:
                self._at_version(self.draft(tx, number), if_version)
            yield replace(self, store=Within(self.store, tx))

    @staticmethod
    def _at_version(issue: Issue, if_version: int | None) -> Issue:
        if if_version is not None and if_version != issue.version:
            raise Conflict(
                f"Issue {issue.number} is at version {issue.version}, not {if_version}: somebody was faster.",
                where="--if-version",
            )
        return issue

    def draft(self, tx: Tx, number: int | None) -> Issue:
        """An issue that may be edited: a draft, or one that was sent and named by its number, open for a correction.

        Raises NotFound, and Refused where it may not.
        """
        issue = issues.get(tx, self.publication.id, number)
        if issue.state is IssueState.SENT and number is not None and corrections.is_open(tx, issue.id):
            return issue
        if issue.state is not IssueState.DRAFT:
            if issue.state in (IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED):
                raise Refused(f"Issue {issue.number} is {issue.state}; only a draft can be edited.", code="not-a-draft")
            verb, what = ("Take it back", "reopen") if issue.state is not IssueState.SENT else ("Correct it", "correct")
            raise Refused(
                f"Issue {issue.number} is {issue.state}; only a draft can be edited. "
                f"{verb} with: newsletter issue {what} {issue.number}{' --open' if what == 'correct' else ''}",
                code="not-a-draft",
            )
        return issue

    def _outline(
        self,
        number: int | None,
        what: str,
        edit: Callable[[Outline], Outline],
        if_version: int | None = None,
        joins: bool = False,
    ) -> Issue:
        return self.change(
            number,
            what,
            lambda _, issue: replace(issue, outline=edit(issue.outline)),
            if_version=if_version,
            joins=joins,
        )

    def add_section(self, number: int | None, name: str, at: int | None = None) -> Issue:
        """A new section; its heading may be empty."""
        return self._outline(number, "section added", lambda outline: edits.add_section(outline, name, at))

    def rename_section(self, number: int | None, section: str, name: str) -> Issue:
        """Another heading for a section, named by its heading or id."""
        return self._outline(
            number,
            "section renamed",
            lambda outline: edits.rename_section(outline, edits.find_section(outline, section), name),
        )

    def move_section(self, number: int | None, section: str, to: int) -> Issue:
        """A section at another place."""
        return self._outline(
            number,
            "section moved",
            lambda outline: edits.move_section(outline, edits.find_section(outline, section), to),
        )

    def remove_section(self, number: int | None, section: str) -> Issue:
        """Without a section; its blocks move to the end."""
        return self._outline(
            number,
            "section removed",
            lambda outline: edits.remove_section(outline, edits.find_section(outline, section)),
        )

    def add_items(
        self,
        number: int | None,
        wanted: Sequence[ItemId],
        *,
        section: str | None = None,
        at: int | None = None,
        join: BlockId | None = None,
    ) -> Issue:
        """Items in a section (else their own, else the first), or under the headline of the block `join`."""
        return self.change(number, "items added", self.adding(wanted, section=section, at=at, join=join))

    def adding(
        self,
        wanted: Sequence[ItemId],
        *,
        section: str | None = None,
        at: int | None = None,
        join: BlockId | None = None,
    ) -> Callable[[Tx, Issue], Issue]:
        """The edit of `add_items`, for those who do more in the same transaction."""

        def edit(tx: Tx, issue: Issue) -> Issue:
            refuse_new_items(issue)
            outline = issue.outline
            found = items.get(tx, self.publication.id, wanted, now=self.clock.now())
            present = edits.items_in(outline)
            for offset, item in enumerate(found):
                if item.id in present:
                    raise NewsletterError(
                        f"Item {item.id} is in issue {issue.number} already.", code="exists", where="ITEM"
                    )
                pinned = PinnedItem(item.id, item.latest.number)
                if join is not None:
                    outline = edits.join_item(outline, edits.find_block(outline, join), pinned)
                    continue
                index = self._section(outline, section, item.section)
                block = Block(kind=BlockKind.ITEM, items=(pinned,))
                outline = edits.add_block(outline, block, index, None if at is None else at + offset)
            fresh = [item.id for item in found if item.state is not Triage.PICKED]
            items.decide(tx, self.publication.id, fresh, Triage.PICKED, now=self.clock.now())
            return replace(issue, outline=outline)

        return edit

    @staticmethod
    def _section(outline: Outline, asked: str | None, own: str | None) -> int:
        if asked is not None:
            return edits.find_section(outline, asked)
        try:
            return edits.find_section(outline, own) if own else 0
        except NotFound:
            return 0

    def add_text(
        self,
        number: int | None,
        text: str,
        *,
        headline: str | None = None,
        section: str | None = None,
        at: int | None = None,
        standing: Standing | None = None,
    ) -> Issue:
        """Free Markdown; standing: it returns in every issue between its dates."""
        if not text.strip():
            raise NewsletterError("A text block needs a text.", where="TEXT")
        _right_length("TEXT", text)
        check_personal(text, where="TEXT", markdown=True)
        check_personal(headline or "", where="--headline", markdown=False)
        block = Block(
            kind=BlockKind.TEXT, blurb=text.strip(), headline=headline or None, standing=_right_dates(standing)
        )
        return self._outline(
            number,
            "text added",
            lambda outline: edits.add_block(outline, block, edits.find_section(outline, section) if section else 0, at),
        )

    def add_image(
        self,
        number: int | None,
        block: Block,
        *,
        section: str | None = None,
        at: int | None = None,
    ) -> Issue:
        """The block of a picture (`image_block`) that was taken in; see `workflows.images.add_picture`."""

        def edit(tx: Tx, issue: Issue) -> Issue:
            if not assets.named(tx, [block.asset or ""]):
                raise NotFound(f"There is no picture {block.asset}.", where="asset")
            index = edits.find_section(issue.outline, section) if section else 0
            return replace(issue, outline=edits.add_block(issue.outline, block, index, at))

        return self.change(number, "image added", edit)

    def edit_block(
        self,
        number: int | None,
        block: BlockId,
        fields: dict[str, Any],
        *,
        if_version: int | None = None,
        joins: bool = False,
    ) -> Issue:
        """headline, teaser, teaser_rank, blurb, outlet, url, tags of a block over the original; empty: the original.

        `standing`, of a text: none or its dates. With `joins` somebody is typing: many saves are one step back.

        Of an image block alt, blurb (its caption) and url.
        """
        values = {name: _field(name, value) for name, value in fields.items()}

        def edit(outline: Outline) -> Outline:
            spot = edits.find_block(outline, block)
            old = edits.block_at(outline, spot)
            if if_version is not None and if_version != old.version:
                raise Conflict(
                    f"Block {block} is at version {old.version}, not {if_version}: somebody changed it meanwhile.",
                    where="--if-version",
                )
            if old.kind not in (BlockKind.TEXT, BlockKind.IMAGE) and values.get("standing"):
                raise NewsletterError("Only a text or a picture of your own can return in every issue.", where="BLOCK")
            if old.kind is BlockKind.TEXT and "blurb" in values and not values["blurb"]:
                raise NewsletterError("A text block needs a text; remove the block instead.", where="--blurb")
            if old.kind is BlockKind.IMAGE:
                if "alt" in values and not values["alt"]:
                    raise NewsletterError(_NO_ALT, where="--alt")
                if extra := [name for name in ("headline", "outlet") if values.get(name)]:
                    raise NewsletterError(
                        f"An image block has no {extra[0]}; write a caption into its blurb.", where=f"--{extra[0]}"
                    )
            elif values.get("alt"):
                raise NewsletterError(f"Block {block} is no image block; only those have an alt text.", where="--alt")
            return edits.replace_block(outline, spot, replace(old, **values))

        return self._outline(number, f"block {block} edited", edit, joins=joins)

    def move_block(
        self,
        number: int | None,
        block: BlockId,
        to: int,
        *,
        section: str | None = None,
        if_version: int | None = None,
    ) -> Issue:
        """A block at another place of its section, or of another one."""

        def edit(outline: Outline) -> Outline:
            index = None if section is None else edits.find_section(outline, section)
            return edits.move_block(outline, edits.find_block(outline, block), to, index)

        return self._outline(number, f"block {block} moved", edit, if_version)

    def remove_block(self, number: int | None, block: BlockId, *, if_version: int | None = None) -> Issue:
        """Without a block. Its items stay picked."""
        return self._outline(
            number,
            f"block {block} removed",
            lambda outline: edits.remove_block(outline, edits.find_block(outline, block)),
            if_version,
        )

    def set_fields(
        self, number: int | None, fields: dict[str, str], *, if_version: int | None = None, joins: bool = False
    ) -> Issue:
        """title, subject, preheader, theme of the issue; empty: as the publication has it."""
        values: dict[str, Any] = {name: _one_line(name, value) or None for name, value in fields.items()}
        if values.get("title", "") is None:
            raise NewsletterError("An issue needs a title.", where="--title")
        return self.change(
            number, "issue set", lambda _, issue: replace(issue, **values), if_version=if_version, joins=joins
        )


_NO_ALT = "A picture needs words for those who do not see it: say what it shows."
_LONGEST_ALT = 500


def image_block(*, alt: str, caption: str = "", url: str = "") -> Block:
    """An image block that waits for its picture: words for those who do not see it, a caption in Markdown, a link."""
    values = {name: _field(name, value) for name, value in {"alt": alt, "blurb": caption, "url": url}.items()}
    if not values["alt"]:
        raise NewsletterError(_NO_ALT, where="--alt")
    return Block(kind=BlockKind.IMAGE, **values)


LONGEST_TEXT = 100_000
LONGEST_LINE = 2_000
"""Characters of a text in Markdown, and of a field of one line."""


def _right_dates(standing: Standing | None) -> Standing | None:
    if standing and standing.first and standing.last and standing.last < standing.first:
        raise NewsletterError("A standing text ends on or after the day it begins.", where="--until")
    return standing


def _right_length(name: str, value: str) -> None:
    most = LONGEST_TEXT if name in ("blurb", "TEXT") else LONGEST_LINE
    if len(value) > most:
        what = "text" if name == "TEXT" else name
        raise NewsletterError(
            f"The {what} has {len(value):,} characters, and at most {most:,} fit into an issue; shorten it.",
            code="too-long",
            where=name if name == "TEXT" else f"--{name}",
        )


def refuse_new_items(issue: Issue) -> None:
    """Raise Refused where an issue went out already: what is put in it now would never be sent."""
    if issue.state is IssueState.SENT:
        raise Refused(
            f"Issue {issue.number} was sent; its text can be corrected, and new items go into a new issue: "
            "newsletter issue new",
            code="not-a-draft",
        )


def _one_line(name: str, value: str) -> str:
    _right_length(name, value)
    if any(ord(character) < 32 for character in value):
        raise NewsletterError(f"The {name} is one line, without control characters.", where=f"--{name}")
    return value.strip()


def _field(name: str, value: Any) -> Any:
    if name == "standing":
        return _right_dates(value)
    if name == "teaser_rank":
        if value is not None and value < 1:
            raise NewsletterError("A teaser's rank counts from 1.", where="--teaser-rank")
        return value
    if not value:
        return None
    if name == "tags":
        try:
            return read_tags(value) or None
        except ValueError as cause:
            raise NewsletterError(f"The tags cannot be kept: {cause}.", where="--tags") from cause
    if name in ("headline", "blurb"):
        _right_length(name, value)
        check_personal(value, where=f"--{name}", markdown=name == "blurb")
    if name == "blurb":
        return value
    value = _one_line(name, value)
    if name == "alt" and len(value) > _LONGEST_ALT:
        raise NewsletterError(
            f"An alt text has at most {_LONGEST_ALT} characters; what is longer belongs into the caption.",
            where="--alt",
        )
    if name == "url" and value:
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            raise NewsletterError(f"“{value}” is not a link; write https://….", where="--url")
    return value or None
