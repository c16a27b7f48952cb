"""Progress on a terminal, and nothing on a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.model.delivery import Tally


@contextmanager
def sending_bar(call: Call) -> Iterator[Callable[[Tally], None] | None]:
    """A bar that follows the ledger of an issue."""
    if call.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Deliveries a second."""

        def render(self, task: Task) -> Text:
            """As `412/s`."""
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("send", total=None)

        def follow(tally: Tally) -> None:
            waiting = tally.queued + tally.attempting + tally.deferred
            bar.update(task, total=tally.audience, completed=tally.audience - waiting)

        yield follow
