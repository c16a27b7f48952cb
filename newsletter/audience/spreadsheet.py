"""Cells that a spreadsheet would run as formulas, guarded on the way out and freed on the way in."""

from __future__ import annotations

import re

_GUARD = "'"
_RUNS = re.compile(r"['\s]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for a formula (OWASP, CSV injection; with the wide forms that some of them accept), also
behind guards that stand there already: each way out adds one, each way in takes one away."""
_NUMBER = re.compile(r" *[+-][0-9 ()./,-]*")
"""A telephone number, an amount below zero: it does nothing, and other programs that read the list want it as it is."""


def guarded(cell: str) -> str:
    """The cell behind an apostrophe where a spreadsheet would run it: it is then shown as the text that it is."""
    return _GUARD + cell if _RUNS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def freed(cell: str) -> str:
    """The cell as it was before `guarded`, or another program, guarded it. `freed(guarded(x)) == x` for every text."""
    return cell[1:] if cell.startswith(_GUARD) and _RUNS.match(cell, 1) else cell
