"""`newsletter collect`: fetch what is due."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.workflows.collect import Outcome, Progress, Report


def collect(
    ctx: typer.Context,
    source: Annotated[int | None, typer.Option(metavar="ID", help="Only this source.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask everything, also what is not due.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 where any source failed.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Ask nothing; show what earlier runs said.")] = False,
) -> None:
    """Fetch the sources that are due, and keep what is new."""
    if history:
        _history(ctx.obj)
        return
    from newsletter.model.source import SourceId
    from newsletter.workflows.collect import collect as collect_all
    from newsletter.workflows.collect import document

    call: Call = ctx.obj
    only = SourceId(source) if source is not None else None
    with _bar(call) as progress:
        report = collect_all(
            call.store, call.settings, call.clock, call.publication, only=only, force=force, progress=progress
        )
    call.show(document(report), lambda: _text(report))
    for one in report.outcomes:
        _notes(call, one)
    if report.failed and (strict or len(report.failed) == len(report.asked)):
        raise typer.Exit(1)


def _history(call: Call) -> None:
    """The latest runs, the newest first."""
    from newsletter.store import collections
    from newsletter.workflows.collect import run_json

    with call.store.reading() as tx:
        runs = collections.listing(tx, call.publication.id)
    told = [run_json(one) for one in runs]

    def lines() -> str:
        rows = []
        for one in runs:
            failed = [source["name"] for source in one.report["sources"] if source["status"] in ("error", "gone")]
            wrong = f"; could not be read: {', '.join(failed)}" if failed else ""
            rows.append(f"{one.started_at:%Y-%m-%d %H:%M} UTC  {counted(one.report)}{wrong}")
        return "\n".join(rows) or "Nothing was collected yet."

    call.show(told, lines)


def counted(report: Mapping[str, Any]) -> str:
    """What a run found, in a few words."""
    dated = f", {report['events']} new events" if report["events"] else ""
    return f"{report['new']} new, {report['updated']} updated, {report['seen']} seen{dated}"


@contextmanager
def _bar(call: Call) -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing on a pipe."""
    if call.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Collecting", total=None)

        def show(outcome: Outcome, done: int, total: int) -> None:
            said = outcome.error or f"{outcome.new} new"
            bar.update(task, completed=done, total=total, description=escape(f"{outcome.source.name}: {said}"[:60]))

        yield show


def _text(report: Report) -> object:
    if not report.outcomes:
        return "There is no source yet. Add one with: newsletter sources add URL_OR_FOLDER"
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    table = Table("id", "name", "status", "new", "updated", "", box=None, header_style="bold")
    for one in report.outcomes:
        table.add_row(
            str(one.source.id),
            escape(one.source.name),
            one.status.value,
            str(one.new),
            str(one.updated),
            escape(one.error or one.waits or ""),
        )
    from newsletter.workflows.collect import document

    return Group(table, f"{counted(document(report))}.")


def _notes(call: Call, outcome: Outcome) -> None:
    name = outcome.source.name
    if outcome.waiting:
        files = ", ".join(outcome.waiting)
        call.note(f"{name}: still being written, left for the next run: {files}")
    if outcome.added:
        call.note(f"{name}: new sources from a list of feeds: {', '.join(outcome.added)}")
    if outcome.dead:
        call.note(f"{name} has given nothing for a week; look at it with: newsletter sources list")
    if outcome.ignored:
        call.note(f"{name}: not collected, being of another kind: {', '.join(outcome.ignored)}")
