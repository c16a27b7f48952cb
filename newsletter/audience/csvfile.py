"""A CSV file as people's programs write it: its encoding, its delimiter, and its records, the broken ones too."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsletter.audience.spreadsheet import freed
from newsletter.errors import NewsletterError

_DELIMITERS = ",;\t|"
_BLANK = " \r\n\u00a0" + _DELIMITERS  # spreadsheets write rows of nothing but delimiters
_CHUNK = 1 << 20  # bytes
_LINES_AHEAD = 100  # how long a quoted cell may be; a quotation mark that was forgotten must not swallow the file

BAD_QUOTES = "a quotation mark is not closed, or not doubled inside its cell"


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that can be read: how, and the names in its first line."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One row: the line on which it begins (the header's is 1), its cells without outer spaces and without the guard
    that an export sets before what looks like a formula, or why it is broken."""

    line: int
    cells: list[str]
    broken: str | None = None


def open_csv(path: Path, column: str) -> CsvFile:
    """Look through a CSV file, whole: it can be read as text, and its first line names the column.

    Raises NewsletterError: the file is missing, empty, no text, or has no such column.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as lines:
        first = next((line.rstrip("\r\n") for line in lines if line.strip(_BLANK)), "")
    if not first:
        raise NewsletterError(
            f"{path} is empty; its first line must name the columns, one of them “{column}”.", where=str(path)
        )
    headers = {delimiter: _header(first, delimiter) for delimiter in _DELIMITERS}
    fitting = [one for one in _DELIMITERS if column in (name.casefold() for name in headers[one])]
    delimiter = max(fitting or _DELIMITERS, key=lambda one: len(headers[one]))
    if not fitting:
        names = ", ".join(f"“{name[:40]}”" for name in headers[delimiter][:12])
        raise NewsletterError(
            f"{path} has no column “{column}”; its first line names {names}. "
            f"Call the column with the addresses “{column}”. Nothing was imported.",
            where=str(path),
        )
    return CsvFile(path, encoding, delimiter, headers[delimiter])


def _header(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        cells = line.split(delimiter)
    while len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return tuple(freed(name.strip()) for name in cells)


def _encoding(path: Path) -> str:
    """UTF-8 (with or without a BOM), UTF-16 with one, else Windows-1252, which older spreadsheets write."""
    try:
        if path.exists() and not path.is_file():
            raise NewsletterError(f"{path} is not a file; name a CSV file.", where=str(path))
        with path.open("rb") as file:
            start = file.read(4)
        utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
            if _decodes(path, encoding):
                return encoding
    except OSError as cause:
        why = cause.strerror or type(cause).__name__
        raise NewsletterError(f"{path} cannot be read: {why}.", where=str(path)) from cause
    raise NewsletterError(
        f"{path} is not a text file; save the list as CSV with the encoding UTF-8. Nothing was imported.",
        where=str(path),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            return "\0" not in decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False


def records(file: CsvFile, one_line: frozenset[int]) -> Iterator[Record]:
    """The rows below the header, in order; empty ones are left out. Memory does not grow with the file.

    A quoted cell may hold line breaks, except in the columns `one_line`: there the row is broken. Where such a cell
    holds what looks like further rows, or the number of cells or the quotation marks are wrong, the first line alone is
    broken and reading goes on with the next one.
    """
    width = len(file.header)
    ahead: deque[str] = deque()
    number = 0
    seen_header = False
    with file.path.open(encoding=file.encoding, newline="") as lines:
        while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
            number += 1
            if not line.strip(_BLANK):
                continue
            if not seen_header:
                seen_header = True
                continue
            if '"' not in line:
                yield _record(number, line.rstrip("\r\n").split(file.delimiter), width)
                continue
            taken = [line]
            cells = _quoted(taken, lines, ahead, file.delimiter)
            record = None if cells is None else _record(number, cells, width)
            if len(taken) > 1 and record and not record.broken:
                broken = [at for at in sorted(one_line) if _breaks(record.cells[at])]
                if any(_swallows(record.cells[at], file.delimiter) for at in broken):
                    record = None
                elif broken:
                    name = file.header[broken[0]]
                    why = f"its cell in the column “{name}” holds a line break; write it on one line"
                    record = Record(number, record.cells, why)
            elif len(taken) > 1:
                record = None
            if record is None:
                ahead.extendleft(reversed(taken[1:]))
                loose = line.rstrip("\r\n").replace('"', "").split(file.delimiter)
                record = Record(number, [freed(cell.strip()) for cell in loose], BAD_QUOTES)
            else:
                number += len(taken) - 1
            yield record


def _quoted(taken: list[str], lines: Iterator[str], ahead: deque[str], delimiter: str) -> list[str] | None:
    """The cells of a row with quotation marks; takes further lines while a quoted cell goes on. None: broken."""
    while True:
        try:
            text = "".join(taken).rstrip("\r\n")
            return next(csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return None
        while True:
            more = ahead.popleft() if ahead else next(lines, None)
            if more is None:
                return None
            taken.append(more)
            if len(taken) > _LINES_AHEAD:
                return None
            if '"' in more:
                break


def _record(number: int, cells: list[str], width: int) -> Record:
    cells = [freed(cell.strip()) for cell in cells]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) == width:
        return Record(number, cells)
    return Record(number, cells, f"it has {len(cells)} cells where the first line names {width} columns")


def _swallows(cell: str, delimiter: str) -> bool:
    """Whether a cell over several lines looks as if a forgotten quotation mark had taken in the rows after it."""
    return delimiter in cell or "@" in cell


def _breaks(cell: str) -> bool:
    return "\n" in cell or "\r" in cell
