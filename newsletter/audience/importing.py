"""A list of readers from a CSV file: each row is kept or has a reason, and memory does not grow with the list."""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

from newsletter.audience.addresses import Address, read_address
from newsletter.audience.columns import BadRow, Columns, Row, read_header
from newsletter.audience.csvfile import CsvFile, open_csv, records
from newsletter.audience.decide import Outcome, decide
from newsletter.audience.spreadsheet import guarded
from newsletter.clock import Clock
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import SubscriberData, address_hash
from newsletter.store import Store, subscriber_import, suppressions

CHUNK = 10_000  # rows: a short write transaction of some 100 ms
HOW = "import"

Progress = Callable[[int, int], None]
"""Told the rows that are done and their number."""


@dataclass(frozen=True)
class Rejected:
    """A row that was not imported: the line on which it begins, its address as far as it has one, and why."""

    line: int
    email: str
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of the rows of a list. `rejected_file`: where the rejected ones were written, if any were."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0
    rejected: tuple[Rejected, ...] = ()
    encoding: str = "utf-8"
    rejected_file: Path | None = None
    not_written: str | None = None
    """Why the rejected rows could not be written to a file."""


def import_csv(
    store: Store,
    clock: Clock,
    publication: PublicationId,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a CSV file of readers to a publication; with `dry_run`, tell what would become of it.

    The whole file is looked through before the first row is written. Raises NewsletterError, with nothing imported,
    where the file cannot be read or has no column `email`.
    """
    file = open_csv(path, "email")
    columns = read_header(file.header, path)
    total, repeated = _survey(file, columns)
    outcomes: Counter[Outcome] = Counter()
    rejected: list[Rejected] = []
    for rows in _chunks(_good(file, columns, repeated, rejected)):
        outcomes += _keep(store, publication, rows, now=clock.now(), dry_run=dry_run)
        if progress:
            progress(outcomes.total() + len(rejected), total)
    written, not_written = None, None
    if rejected and not dry_run:
        written, not_written = _write_rejected(file, rejected)
    return ImportReport(
        imported=outcomes[Outcome.IMPORTED],
        updated=outcomes[Outcome.UPDATED],
        unchanged=outcomes[Outcome.UNCHANGED],
        suppressed=outcomes[Outcome.SUPPRESSED],
        rejected=tuple(rejected),
        encoding=file.encoding,
        rejected_file=written,
        not_written=not_written,
    )


def _survey(file: CsvFile, columns: Columns) -> tuple[int, frozenset[int]]:
    """How many rows there are, and the fingerprints of the addresses that come more than once: 8 bytes a row."""
    total, email = 0, columns.places["email"]
    prints = array("Q")
    for record in records(file, columns.one_line):
        total += 1
        if not record.broken and isinstance(address := read_address(record.cells[email]), Address):
            prints.append(_fingerprint(address.key))
    ordered = sorted(prints)
    return total, frozenset(one for one, following in pairwise(ordered) if one == following)


def _fingerprint(email_key: str) -> int:
    return int.from_bytes(blake2b(email_key.encode(), digest_size=8).digest(), "big")


def _good(file: CsvFile, columns: Columns, repeated: frozenset[int], rejected: list[Rejected]) -> Iterator[Row]:
    """The rows that can be kept; the others go into `rejected`."""
    first_lines: dict[str, int] = {}
    for record in records(file, columns.one_line):
        row = BadRow(record.broken) if record.broken else columns.read(record.line, record.cells)
        if isinstance(row, Row) and _fingerprint(row.email_key) in repeated:
            first = first_lines.setdefault(row.email_key, row.line)
            if first != row.line:
                row = BadRow(f"it has the same address as line {first}")
        if isinstance(row, Row):
            yield row
            continue
        at = columns.places["email"]
        email = record.cells[at] if at < len(record.cells) else ""
        rejected.append(Rejected(record.line, email, row.reason, tuple(record.cells)))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _keep(
    store: Store, publication: PublicationId, rows: list[Row], *, now: datetime, dry_run: bool
) -> Counter[Outcome]:
    hashes = {row.email_key: address_hash(row.email_key) for row in rows}
    outcomes: Counter[Outcome] = Counter()
    keep: list[SubscriberData] = []
    with store.reading() if dry_run else store.writing() as tx:
        known = subscriber_import.known(tx, publication, hashes.keys())
        suppressed = suppressions.among(tx, hashes.values())
        for row in rows:
            decision = decide(row, known.get(row.email_key), suppressed=hashes[row.email_key] in suppressed)
            outcomes[decision.outcome] += 1
            if decision.keep is not None:
                keep.append(decision.keep)
        if not dry_run:
            subscriber_import.keep(tx, publication, keep, how=HOW, now=now)
    return outcomes


def _write_rejected(file: CsvFile, rejected: Iterable[Rejected]) -> tuple[Path | None, str | None]:
    """Write `rejected.csv` beside the list, whole or not at all. The reason stands first: a row may have more cells
    than there are columns."""
    target = file.path.with_name("rejected.csv")
    partial = target.with_name("rejected.csv.partial")
    try:
        partial.touch(mode=0o600)  # readers' addresses
        with partial.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out, delimiter=file.delimiter)
            table.writerow(["reason", *(guarded(name) for name in file.header if not _ours(name, file.path))])
            skipped = {at for at, name in enumerate(file.header) if _ours(name, file.path)}
            for row in rejected:
                table.writerow([row.reason, *(guarded(cell) for at, cell in enumerate(row.cells) if at not in skipped)])
        partial.replace(target)
    except OSError as cause:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        return None, f"{target} could not be written: {cause.strerror or type(cause).__name__}"
    return target, None


def _ours(name: str, path: Path) -> bool:
    return path.name == "rejected.csv" and name.casefold() == "reason"
