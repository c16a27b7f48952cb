"""Several steps in one transaction, each of which would else have one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.store.engine import Store, Tx


class Within(Store):
    """The store within a transaction that is under way: what is written is kept with it, or not at all."""

    def __init__(self, store: Store, tx: Tx) -> None:
        super().__init__(store.engine)
        self._tx = tx

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """What the transaction sees, its own writing with it."""
        yield self._tx

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """The transaction under way."""
        yield self._tx
