"""The archive is searched by words and their beginnings, the same on both databases; subjects come first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.store import Store, archive, archive_search, renditions
from newsletter.store.engine import Store as OpenStore
from newsletter.store.engine import Tx, open_engine
from newsletter.store.migrations import upgrade
from newsletter.store.schema import issue

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def out(tx: Tx, letter: Publication, number: int, subject: str, said: str) -> None:
    """An issue on its way."""
    values = {"publication_id": letter.id, "number": number, "title": "", "state": IssueState.SENT.value, "version": 1}
    key = tx.execute(insert(issue).values(created_at=NOW, sending_at=NOW, **values)).inserted_primary_key
    assert key is not None
    data = RenditionData(
        subject=subject,
        sender="desk@letter.example.org",
        reply_to="",
        list_id="",
        html="",
        text=said,
        base_url="https://news.example.org",
        nonce="0" * 20,
    )
    frozen = renditions.add(tx, key[0], data, NOW)
    tx.execute(issue.update().where(issue.c.id == key[0]).values(rendition_id=frozen.id))


def found(tx: Tx, letter: Publication, question: str) -> list[int]:
    numbers = [one.number for one in archive.listing(tx, letter.id, limit=20, search=question)]
    assert archive.count(tx, letter.id, question) == len(numbers)
    return numbers


def fill(tx: Tx, letter: Publication) -> None:
    out(tx, letter, 1, "Alderwick Letter: The ferry returns", "It runs every half hour.\nA café opens on Mill Street.")
    out(tx, letter, 2, "Alderwick Letter: Überraschung", "The ferry rests. Читайте новости. 東京タワーの夜")
    out(tx, letter, 3, "Alderwick Letter: A drawbridge", "Nothing of boats; " + "word " * 60_000)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ferry", [1, 2]),  # of its subject before the newer one
        ("FERR return", [1]),
        ("bridge", []),
        ("draw", [3]),
        ("cafe mill", [1]),
        ("uberr", [2]),
        ("новос", [2]),
        ("東京", [2]),
        ("alderwick", [3, 2, 1]),
        ("", [3, 2, 1]),
        ("%", []),
        ("' & | ! :* \" ferry NOT", []),
        ("' & | ! :* \" ferry", [1, 2]),
    ],
)
def test_words_and_their_beginnings_find_issues_subjects_first(
    store: Store, publication: Publication, question: str, expected: list[int]
) -> None:
    with store.writing() as tx:
        fill(tx, publication)
        assert found(tx, publication, question) == expected


def test_a_correction_is_found_by_its_words_and_not_by_those_it_replaced(
    store: Store, publication: Publication
) -> None:
    with store.writing() as tx:
        fill(tx, publication)
        tx.execute(text("UPDATE issue SET corrected_id = (SELECT rendition_id FROM issue WHERE number = 3)"))
        assert found(tx, publication, "ferry") == []


def test_what_was_sent_before_the_migration_is_found_after_it(empty_database_url: str) -> None:
    from newsletter.store import publications

    migrated = OpenStore(open_engine(empty_database_url))
    with migrated.writing() as tx:
        upgrade(tx)
        letter = publications.add(tx, "Alderwick Letter", now=NOW)
        fill(tx, letter)
        tx.execute(text("DELETE FROM rendition_search"))
        assert found(tx, letter, "ferry") == []
        assert archive_search.fill(tx) == 3
        assert archive_search.fill(tx) == 0
        assert found(tx, letter, "ferry") == [1, 2]
    migrated.close()
