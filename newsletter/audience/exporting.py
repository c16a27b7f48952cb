"""The readers of a publication as CSV (RFC 4180), in the columns that an import takes back unchanged.

A cell that a spreadsheet would run as a formula is guarded; an import frees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.audience.columns import KNOWN, cells_of
from newsletter.audience.spreadsheet import guarded
from newsletter.model.publication import PublicationId
from newsletter.store import Store, subscribers

_NEEDS_QUOTES = re.compile(r'[",;\t|\r\n]|^\s|\s$')


def export_csv(store: Store, publication: PublicationId) -> Iterator[str]:
    """The lines of the export, the header first, each with its line end. Memory does not grow with the list."""
    with store.reading() as tx:
        custom = subscribers.field_names(tx, publication)
        yield _line([*KNOWN, *custom])
        for reader in subscribers.stream(tx, publication):
            yield _line(cells_of(reader, custom))


def _line(cells: list[str]) -> str:
    # the csv module leaves a lone carriage return unquoted when lines end in \n
    return (
        ",".join(
            '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell for cell in map(guarded, cells)
        )
        + "\n"
    )
