"""A database copied from SQLite to PostgreSQL and back: every row, and the numbers that were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select

from newsletter.errors import Refused
from newsletter.model.issue import Block, BlockKind, Outline, Section
from newsletter.store import Store, issues, outlines, publications, schema, search
from newsletter.store.opening import open_store
from newsletter.store.transfer import copy

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def filled(store: Store) -> None:
    with store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=NOW, outlets=("Herald", "Gazette"))
        row = {"canonical_url": None, "digest": "d", "latest": 1, "first_seen": NOW, "flags": ["old-date"]}
        tx.execute(insert(schema.item), [{"guid": f"g{number}", **row} for number in range(5_000)])
        version = {"number": 1, "excerpt": "", "body": "", "digest": "d", "seen_at": NOW}
        tx.execute(
            insert(schema.item_version),
            [{"item_id": number, "title": f"Äpfel 🍎 {number}", **version} for number in range(1, 5_001)],
        )
        tx.execute(
            insert(schema.triage),
            [{"publication_id": publication.id, "item_id": number, "state": "new"} for number in range(1, 5_001)],
        )
        search.fill(tx)
        gone = tx.execute(insert(schema.issue).values(_issue(publication.id, 1))).inserted_primary_key
        assert gone is not None
        tx.execute(insert(schema.issue).values(_issue(publication.id, 2)))
        tx.execute(delete(schema.issue).where(schema.issue.c.number == 2))  # its id is never given again


def _issue(publication: int, number: int) -> dict[str, object]:
    return {
        "publication_id": publication,
        "number": number,
        "title": f"Issue {number}",
        "state": "draft",
        "version": 1,
        "created_at": NOW,
    }


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }


def test_there_and_back_nothing_is_lost(postgres_url: str, tmp_path: Path) -> None:
    first, server, back = (
        open_store(url) for url in (f"sqlite:///{tmp_path / 'a.db'}", postgres_url, f"sqlite:///{tmp_path / 'b.db'}")
    )
    filled(first)
    copy(first, server)
    counts = copy(server, back)
    assert counts["item_version"] == 5_000
    assert rows(first) == rows(server) == rows(back)
    for store in (server, back):
        with store.writing() as tx:
            added = tx.execute(insert(schema.issue).values(_issue(1, 3))).inserted_primary_key
            assert added is not None
            assert added[0] == 3
            assert tx.execute(select(func.count()).select_from(schema.item)).scalar_one() == 5_000
            found = search.holds(tx, publications.listing(tx)[0].id, "äpfel 4999")
            items = select(func.count()).select_from(schema.triage.join(schema.item)).where(*found)
            assert tx.execute(items).scalar_one() == 1
    with pytest.raises(Refused, match="not empty"):
        copy(first, server)
    for store in (first, server, back):
        store.close()


@pytest.mark.parametrize("left", [0, 1])
def test_after_a_copy_no_block_gets_the_number_of_one_that_is_gone(
    postgres_url: str, tmp_path: Path, left: int
) -> None:
    first, server, back = (
        open_store(url) for url in (f"sqlite:///{tmp_path / 'a.db'}", postgres_url, f"sqlite:///{tmp_path / 'b.db'}")
    )
    texts = tuple(Block(kind=BlockKind.TEXT, blurb=f"Text {number}") for number in range(4))
    with first.writing() as tx:
        letter = publications.add(tx, "Alderwick Letter", now=NOW)
        made = issues.create(tx, letter.id, Outline((Section(blocks=texts),)), title=None, theme=None, now=NOW)
        (section,) = made.outline.sections
        fewer = Outline((replace(section, blocks=section.blocks[:left]),))
        outlines.save(tx, made.id, made.outline, fewer)
    gone = {block.id for block in section.blocks[left:]}
    copy(first, server)
    copy(server, back)
    for store in (server, back):
        with store.writing() as tx:
            before = issues.by_id(tx, made.id).outline
            (section,) = before.sections
            fuller = Outline((replace(section, blocks=(*section.blocks, texts[0])),))
            outlines.save(tx, made.id, before, fuller)
            (new,) = {block.id for block in issues.by_id(tx, made.id).outline.blocks()} - {
                block.id for block in before.blocks()
            }
            assert new > max(gone)
    for store in (first, server, back):
        store.close()
