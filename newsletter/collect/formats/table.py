"""CSV: one item for each row, its columns named in the first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from newsletter.collect.formats.characters import decoded
from newsletter.collect.formats.rows import read_rows
from newsletter.collect.found import Document, Found, Unreadable


def read_csv(document: Document) -> Found:
    """The rows of a table with commas, semicolons or tabs. Raises Unreadable where it has none that is known."""
    if b"\0" in document.body and not document.body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("The file is not text.")
    text = decoded(document.body).strip()
    if not text:
        raise Unreadable("The file is empty.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return read_rows(_rows(text, delimiter), document)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="more", restval="")
    try:
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if name != "more"}
    except csv.Error as cause:
        raise Unreadable(f"Line {reader.line_num} cannot be read as CSV: {cause}.") from cause
