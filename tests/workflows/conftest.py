"""A publication that collects: what the tests of collecting stand on."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newsletter.clock import Clock
from newsletter.model.item import Item
from newsletter.model.publication import Publication
from newsletter.model.source import Source
from newsletter.settings import Fetching, Settings
from newsletter.store import Store, items, publications, schema
from newsletter.store import sources as stored_sources
from newsletter.workflows import sources
from newsletter.workflows.collect import Outcome, Report, collect

sys.path.insert(0, str(Path(__file__).parent))  # the tests are no package: what they share lies beside them
from imap_server import dovecot

__all__ = ["dovecot"]


class Desk:
    """A publication with a workspace, and the few questions these tests ask."""

    def __init__(self, store: Store, publication: Publication, clock: Clock, folder: Path) -> None:
        self.store, self.publication, self.clock = store, publication, clock
        limits = Fetching(allow_private_hosts=True, max_bytes=50_000, timeout=5.0)
        self.settings = Settings(workspace=folder, fetching=limits)

    def add(self, address: str | Path, **more: str) -> Source:
        return sources.add(self.store, self.clock, self.publication, str(address), **more)

    def collect(self, **options: Any) -> Report:
        return collect(self.store, self.settings, self.clock, self.publication, **options)

    def only(self, **options: Any) -> Outcome:
        (outcome,) = self.collect(**options).outcomes
        return outcome

    def queue(self) -> list[Item]:
        with self.store.reading() as tx:
            return items.listing(tx, self.publication.id, now=self.clock.now())

    def titles(self) -> list[str]:
        return sorted(one.latest.title for one in self.queue())

    def source(self) -> Source:
        with self.store.reading() as tx:
            return stored_sources.listing(tx, self.publication.id)[0]

    def rows(self) -> dict[str, int]:
        tables = (schema.item, schema.item_version, schema.triage, schema.event)
        with self.store.reading() as tx:
            return {one.name: tx.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}

    def drop(self, name: str, text: str | bytes) -> Path:
        """A file in the folder `drop`, an hour old."""
        folder = self.settings.workspace / "drop"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        when = time.time() - 3600
        os.utime(path, (when, when))
        return path

    def later(self, **passed: float) -> None:
        self.clock = Clock(self.clock.now() + timedelta(**passed))


@pytest.fixture
def desk_class() -> type[Desk]:
    """For tests that bring their own store."""
    return Desk


@pytest.fixture
def desk(sqlite_store: Store, clock: Clock, tmp_path: Path) -> Desk:
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now(), zone="America/New_York")
    return Desk(sqlite_store, publication, clock, tmp_path)
