"""Reading and writing lists of readers: rows a second, and what it takes of memory."""

from __future__ import annotations

import resource
from pathlib import Path
from time import perf_counter

import pytest

from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_csv
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.store import Store

READERS = 100_000


@pytest.mark.benchmark
def test_how_many_rows_a_second(store: Store, clock: Clock, publication: Publication, tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    lines = (f"reader{number}@example.org,Reader {number},en,a b {number % 7}" for number in range(READERS))
    path.write_text("\n".join(["email,name,language,town", *lines]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for what in ("new", "known"):
        start = perf_counter()
        report = import_csv(store, clock, publication.id, path)
        assert report.imported + report.unchanged == READERS
        print(f"\n{store.engine.dialect.name}, {what}: {READERS / (perf_counter() - start):,.0f} rows/s")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    start = perf_counter()
    number = sum(1 for _ in export_csv(store, publication.id))
    print(f"export: {number / (perf_counter() - start):,.0f} rows/s; memory grew {grown:.0f} MB")
