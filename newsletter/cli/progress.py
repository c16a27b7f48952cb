"""Progress on a terminal, and nothing on a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.model.delivery import Tally
    from newsletter.workflows.publish import Desk


SHARE = 20.0
"""Looking how fast it goes takes at most one part of so many of the time: the sender has more to do."""


@contextmanager
def sending_bar(call: Call, room: Desk, number: int) -> Iterator[Callable[[Tally], None] | None]:
    """A bar that follows the ledger of an issue, with the rate and the end as `issue status` tells them."""
    if call.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from newsletter.cli.issue_json import pace_text
    from newsletter.workflows.under_way import under_way

    columns = (TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("send", total=None, pace="")
        again = 0.0

        def follow(tally: Tally) -> None:
            nonlocal again
            waiting = tally.queued + tally.attempting + tally.deferred
            bar.update(task, total=tally.audience, completed=tally.audience - waiting)
            begun = call.clock.monotonic()
            if begun < again:
                return
            found = under_way(room, room.issue(number), tally)
            bar.update(task, pace=pace_text(found.rate, found.done_at, call.clock.now()).strip())
            again = begun + max((call.clock.monotonic() - begun) * SHARE, 1.0)

        yield follow
