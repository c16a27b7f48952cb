"""`newsletter subscribers`: the readers of the publication."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.call import Call
from newsletter.workflows.shapes import imported_json
from newsletter.workflows.shapes import subscriber_json as document

if TYPE_CHECKING:
    from newsletter.audience.importing import ImportReport, Progress
    from newsletter.model.subscriber import Subscriber

app = typer.Typer(help="The readers of the publication: import, export, add, unsubscribe, erase.", no_args_is_help=True)

_TOLD = 20  # rejected rows on a terminal; all of them are in rejected.csv


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="With a column “email”.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would become of it; change nothing.")] = False,
) -> None:
    """Import a CSV file: email and any of name, tags, language, timezone, status; other columns are custom fields."""
    from newsletter.audience.importing import import_csv

    call: Call = ctx.obj
    with _progress(call) as progress:
        report = import_csv(
            call.store, call.clock, call.publication.id, file.expanduser(), dry_run=dry_run, progress=progress
        )
    call.show(imported_json(report), lambda: _told(report, dry_run))
    if report.encoding == "cp1252":
        call.note(f"{file} is not UTF-8; it was read as Windows-1252.")
    if report.not_written:
        call.note(f"{report.not_written}.")
    if report.rejected:
        raise typer.Exit(1)


def _told(report: ImportReport, dry_run: bool) -> str:
    would = "Nothing was changed; this would become of it: " if dry_run else ""
    lines = [
        f"{would}{report.imported} imported, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.suppressed} suppressed, {len(report.rejected)} rejected."
    ]
    lines += [f"  line {one.line}: {one.email or 'no address'}: {one.reason}" for one in report.rejected[:_TOLD]]
    if len(report.rejected) > _TOLD:
        lines.append(f"  … and {len(report.rejected) - _TOLD} more")
    if report.rejected_file:
        lines.append(f"The rejected rows are in {report.rejected_file}; mend them there and import that file.")
    return "\n".join(lines)


@contextmanager
def _progress(call: Call) -> Iterator[Progress | None]:
    """A bar on a terminal, nothing on a pipe."""
    if call.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@app.command()
def export(ctx: typer.Context) -> None:
    """Print all readers as CSV, in the columns that an import takes back."""
    from newsletter.audience.exporting import export_csv
    from newsletter.store import subscribers

    call: Call = ctx.obj
    if call.json:
        with call.store.reading() as tx:
            call.show([document(reader) for reader in subscribers.stream(tx, call.publication.id)])
        return
    publication = call.publication.id
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # a list is UTF-8, whatever this terminal's locale
    for line in export_csv(call.store, publication):
        sys.stdout.write(line)
    sys.stdout.flush()


@app.command("list")
def list_(
    ctx: typer.Context,
    status: Annotated[str | None, typer.Option(help="unconfirmed, confirmed or unsubscribed.")] = None,
    search: Annotated[str | None, typer.Option(help="Text in the address or the name.")] = None,
    after: Annotated[int | None, typer.Option(metavar="ID", help="Only those after this one.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 1000,
) -> None:
    """List readers in the order in which they came."""
    from newsletter.errors import NewsletterError
    from newsletter.model.subscriber import Consent, SubscriberId
    from newsletter.store import subscribers

    call: Call = ctx.obj
    if status is not None and status not in {consent.value for consent in Consent}:
        raise NewsletterError(f"There is no status “{status}”; it is one of {', '.join(Consent)}.", where="--status")
    with call.store.reading() as tx:
        found = subscribers.listing(
            tx,
            call.publication.id,
            consent=Consent(status) if status else None,
            search=search,
            after=SubscriberId(after) if after is not None else None,
            limit=limit + 1,
        )
    shown = found[:limit]
    call.show([document(reader) for reader in shown], lambda: _table(shown))
    if len(found) > limit:
        call.note(f"There are more: go on with --after {shown[-1].id}.")


def _table(readers: list[Subscriber]) -> Any:
    if not readers:
        return "There are no such readers. Bring some with: newsletter subscribers import FILE.csv"
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("id", "email", "name", "tags", "status", "since"):
        table.add_column(heading, overflow="fold")
    for reader in readers:
        cells = (reader.email, reader.name, ", ".join(reader.tags), reader.consent.value)
        table.add_row(str(reader.id), *map(escape, cells), f"{reader.consent_at:%Y-%m-%d}")
    return table


@app.command()
def add(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    name: Annotated[str | None, typer.Option()] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
    language: Annotated[str | None, typer.Option(help="A tag such as en or pt-BR.")] = None,
    timezone: Annotated[str | None, typer.Option(help="A name such as Europe/London.")] = None,
) -> None:
    """Subscribe one reader who asked for it, confirmed; also one who had unsubscribed."""
    from newsletter.audience import readers

    call: Call = ctx.obj
    reader = readers.add(
        call.store,
        call.clock,
        call.publication.id,
        email,
        name=name,
        tags=tag or (),
        language=language,
        zone=timezone,
    )
    call.show(document(reader), f"{reader.email} is subscribed to {call.publication.name}.")


@app.command()
def unsubscribe(ctx: typer.Context, email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """End one reader's subscription."""
    from newsletter.audience import readers

    call: Call = ctx.obj
    reader = readers.unsubscribe(call.store, call.clock, call.publication.id, email)
    call.show(document(reader), f"{reader.email} is no longer subscribed to {call.publication.name}.")


@app.command()
def erase(ctx: typer.Context, email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """Forget one reader in every publication; only a hash stays, so that the address is never mailed again."""
    from newsletter.audience import readers

    call: Call = ctx.obj
    readers.erase(call.store, call.clock, email)
    call.show({"email": email, "erased": True}, f"{email} was erased, and will not be mailed again.")
