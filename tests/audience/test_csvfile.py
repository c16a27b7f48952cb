"""CSV files as people's programs write them."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.audience.columns import read_header
from newsletter.audience.csvfile import BAD_QUOTES, open_csv, records
from newsletter.errors import NewsletterError

WriteList = Callable[..., Path]
ONE_LINE = frozenset({0, 1})


def rows(path: Path) -> list[tuple[int, list[str], str]]:
    return [(one.line, one.cells, one.broken or "") for one in records(open_csv(path, "email"), ONE_LINE)]


@pytest.mark.parametrize(
    ("raw", "encoding", "delimiter"),
    [
        ("email,name\na@example.org,José\n".encode(), "utf-8-sig", ","),
        (codecs.BOM_UTF8 + "email;name\na@example.org;José\n".encode(), "utf-8-sig", ";"),
        ("email\tname\r\na@example.org\tJosé\r\n".encode("cp1252"), "cp1252", "\t"),
        ("email,name\ra@example.org,José\r".encode(), "utf-8-sig", ","),
        ("email\tname\na@example.org\tJosé\n".encode("utf-16"), "utf-16", "\t"),
        (b",,\n" + "email,name\na@example.org,José\n".encode(), "utf-8-sig", ","),
        ('\n"email"|"name"\n"a@example.org"|"José"'.encode(), "utf-8-sig", "|"),
    ],
)
def test_encoding_and_delimiter_are_found(a_list: WriteList, raw: bytes, encoding: str, delimiter: str) -> None:
    path = a_list(raw=raw)
    file = open_csv(path, "email")
    assert (file.encoding, file.delimiter) == (encoding, delimiter)
    assert [cells for _line, cells, _broken in rows(path)] == [["a@example.org", "José"]]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"Mail,Name\na@example.org,Ada\n", "“Mail”, “Name”"),
        (b"email,name\na@example.org,A\x00da\n", "not a text file"),
        (b"email\n\x81\x8d\xff\n", "not a text file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(a_list: WriteList, raw: bytes, says: str) -> None:
    with pytest.raises(NewsletterError, match=says):
        open_csv(a_list(raw=raw), "email")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(NewsletterError, match="No such file"):
        open_csv(tmp_path / "nowhere.csv", "email")
    with pytest.raises(NewsletterError, match="not a file"):
        open_csv(tmp_path, "email")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a,Ada,x", "", ",,", "b,Bob,y"], [(2, ["a", "Ada", "x"], ""), (5, ["b", "Bob", "y"], "")]),
        (['a,"Byron, ""Ada""",x'], [(2, ["a", 'Byron, "Ada"', "x"], "")]),
        (['a, "Byron, Ada", x'], [(2, ["a", "Byron, Ada", "x"], "")]),
        (["a,Ada,x,,"], [(2, ["a", "Ada", "x"], "")]),
        (
            ['a,Ada,"12 Mill Street', 'Alderwick"', "b,Bob,y"],
            [(2, ["a", "Ada", "12 Mill Street\nAlderwick"], ""), (4, ["b", "Bob", "y"], "")],
        ),
        # A line break is told as what it is, and costs its own row, whose further lines are no rows.
        (
            ['a,"Ada\r', 'Byron",x', "b,Bob,y"],
            [
                (
                    2,
                    ["a", "Ada\r\nByron", "x"],
                    "its cell in the column “name” holds a line break; write it on one line",
                ),
                (4, ["b", "Bob", "y"], ""),
            ],
        ),
        # What looks like further rows was taken in by a forgotten quotation mark.
        (
            ['a,"Ada,x', 'b@example.org,"', ",y"],
            [
                (2, ["a", "Ada", "x"], BAD_QUOTES),
                (3, ["b@example.org", ""], BAD_QUOTES),
                (4, ["", "y"], "it has 2 cells where the first line names 3 columns"),
            ],
        ),
        (["a,Ada"], [(2, ["a", "Ada"], "it has 2 cells where the first line names 3 columns")]),
        (["a,Ada,x,y"], [(2, ["a", "Ada", "x", "y"], "it has 4 cells where the first line names 3 columns")]),
        # a forgotten quotation mark costs its own line only
        (
            ['a,"Ada,x', "b,Bob,y", "c,Cid,z"],
            [(2, ["a", "Ada", "x"], BAD_QUOTES), (3, ["b", "Bob", "y"], ""), (4, ["c", "Cid", "z"], "")],
        ),
        (['a,"Ada,x', 'b,"Bob",y'], [(2, ["a", "Ada", "x"], BAD_QUOTES), (3, ["b", "Bob", "y"], "")]),
        (['a,"Ada"s,x', "b,Bob,y"], [(2, ["a", "Adas", "x"], BAD_QUOTES), (3, ["b", "Bob", "y"], "")]),
        (
            ['a,"Ada,x', "b,Bob,y", 'c,Cid",z'],
            [(2, ["a", "Ada", "x"], BAD_QUOTES), (3, ["b", "Bob", "y"], ""), (4, ["c", 'Cid"', "z"], "")],
        ),
    ],
)
def test_records_and_broken_records(a_list: WriteList, lines: list[str], expected: list[object]) -> None:
    assert rows(a_list("email,name,home", *lines)) == expected


def test_a_forgotten_quotation_mark_does_not_swallow_a_long_list(a_list: WriteList) -> None:
    found = rows(a_list("email,name", 'a,"Ada', *(f"r{number},Reader" for number in range(500))))
    assert [broken for _line, _cells, broken in found] == [BAD_QUOTES] + [""] * 500
    assert found[-1][0] == 502


ANY_FILE = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(["email", "a@b.org", '"', ",", ";", "\n", "\r", "\r\n", " ", "é", "\ufeff"]), max_size=60
    ).map(lambda parts: b"email,name\n" + "".join(parts).encode()),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=ANY_FILE)
def test_any_file_is_refused_in_one_sentence_or_read_to_its_end(a_list: WriteList, raw: bytes) -> None:
    path = a_list(raw=raw)
    try:
        file = open_csv(path, "email")
        columns = read_header(file.header, path)
    except NewsletterError as error:
        assert error.message.endswith(".") and "\n" not in error.message
        return
    last = 1
    for record in records(file, columns.one_line):
        assert record.line > last
        last = record.line
        if not record.broken:
            assert len(record.cells) == len(file.header)
            columns.read(record.line, record.cells)
    lines = raw.decode(file.encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert last <= len(lines)


def test_a_first_column_without_a_name_keeps_its_place(a_list: WriteList) -> None:
    path = a_list("\temail\tname", "\ta@example.org\tAda")
    assert rows(path) == [(2, ["", "a@example.org", "Ada"], "")]
