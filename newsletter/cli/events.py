"""`newsletter events`: the calendar of the publication."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from datetime import date

    from newsletter.model.event import Occurrence
    from newsletter.workflows.event_rows import Rows

app = typer.Typer(help="The calendar: pasted lines and .ics in, what is on out.", no_args_is_help=True)


@app.command("list")
def list_(
    ctx: typer.Context,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day; else today.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day; else as far as an issue looks ahead.")
    ] = None,
) -> None:
    """List what goes on between two days, by date."""
    from newsletter.workflows.event_rows import Rows, between

    call: Call = ctx.obj
    rows = between(call.desk, _date(from_, "--from"), _date(to, "--to"))
    call.show(Rows(tuple(rows)).json(), lambda: _table(rows, "No event on these days."))


@app.command(context_settings={"ignore_unknown_options": True})
def add(
    ctx: typer.Context,
    lines: Annotated[list[str], typer.Argument(metavar="LINE…", help="One event each; - reads many lines from stdin.")],
) -> None:
    """Add events from pasted lines, such as “July 6-7 Street fair”."""
    from newsletter.workflows.event_rows import add_lines

    call: Call = ctx.obj
    _answer(call, add_lines(call.desk, "\n".join(sys.stdin.read() if line == "-" else line for line in lines)))


@app.command("import")
def import_(
    ctx: typer.Context,
    where: Annotated[
        str, typer.Argument(metavar="FILE_OR_URL", help="An .ics, a .csv, or a page that tells machines of its events.")
    ],
) -> None:
    """Import the events of an .ics, of a CSV (columns title, date, time, end, place …), or of a web page (JSON-LD)."""
    from newsletter.workflows.calendars import import_events
    from newsletter.workflows.event_rows import rows

    call: Call = ctx.obj
    imported = import_events(call.store, call.settings, call.clock, call.publication, where)
    _answer(call, rows(call.desk, imported.ids, imported.refused))


@app.command()
def edit(
    ctx: typer.Context,
    event: Annotated[int, typer.Argument(metavar="ID", help="The event's number (“event” in the list).")],
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    description: Annotated[str | None, typer.Option(help="Markdown; @FILE or - for a long text.")] = None,
    start: Annotated[str | None, typer.Option(help="2026-12-05, or 2026-12-05T19:30 in its zone.")] = None,
    end: Annotated[str | None, typer.Option(help="The last day, or the time it ends; “none” for no end.")] = None,
    place: Annotated[str | None, typer.Option(help="Where.")] = None,
    url: Annotated[str | None, typer.Option(help="An http(s) address.")] = None,
    contact: Annotated[str | None, typer.Option(help="Whom to ask.")] = None,
    open_: Annotated[
        bool | None, typer.Option("--open/--closed", help="Let contact and join link stand on public pages.")
    ] = None,
    as_worded: Annotated[
        bool | None, typer.Option("--as-worded/--no-as-worded", help="Let issues show it in the words of its line.")
    ] = None,
    except_: Annotated[
        str | None, typer.Option("--except", metavar="DATES", help="Days its rule leaves out: 2026-12-24,2026-12-31.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Let it into the issues.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Keep it out of the issues.")] = False,
) -> None:
    """Change an event. It keeps its UID."""
    from newsletter.cli.call import long_text
    from newsletter.workflows.event_rows import edit as edit_event

    call: Call = ctx.obj
    changed = edit_event(
        call.desk,
        event,
        title=title,
        description=long_text(description),
        start=start,
        end=end,
        place=place,
        url=url,
        contact=contact,
        open_=open_,
        as_worded=as_worded,
        except_=except_,
        confirm=confirm,
        cancel=cancel,
    )
    _answer(call, changed)


@app.command()
def share(
    ctx: typer.Context,
    event: Annotated[int, typer.Argument(metavar="ID", help="The event's number (“event” in the list).")],
    other: Annotated[str, typer.Argument(metavar="PUBLICATION", help="The other newsletter.")],
) -> None:
    """Let an event appear in another publication too. It stays one event: an edit shows in both."""
    from newsletter.workflows.event_rows import share as share_event

    call: Call = ctx.obj
    _answer(call, share_event(call.desk, event, other))


@app.command()
def merge(
    ctx: typer.Context,
    event: Annotated[int, typer.Argument(metavar="ID", help="The event that stays.")],
    other: Annotated[int, typer.Argument(metavar="OTHER", help="The event that goes into it.")],
) -> None:
    """Make one of two events that are the same; the one that stays takes what only the other told."""
    from newsletter.model.event import EventId
    from newsletter.workflows.event_merging import merge as merge_two
    from newsletter.workflows.event_rows import rows

    call: Call = ctx.obj
    kept = merge_two(call.store, call.clock, call.publication, EventId(event), EventId(other))
    _answer(call, rows(call.desk, [kept.id]))


@app.command()
def remove(
    ctx: typer.Context,
    events: Annotated[list[int], typer.Argument(metavar="ID…", help="The events' numbers (“event” in the list).")],
) -> None:
    """Take events out of the calendar. A collected one is kept as cancelled, so that it does not come back."""
    from newsletter.workflows.event_rows import remove as remove_events
    from newsletter.workflows.event_rows import rows_for

    call: Call = ctx.obj
    gone = remove_events(call.desk, events)
    call.show(rows_for(call.desk, gone).json(), f"Removed: {', '.join(one.data.title for one in gone)}")


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE.ics", help="Where to; else stdout.")] = None,
) -> None:
    """Write the confirmed and cancelled events as an .ics file; --json lists what is in it."""
    from newsletter.errors import NewsletterError
    from newsletter.workflows.event_rows import export as export_events
    from newsletter.workflows.event_rows import rows_for

    call: Call = ctx.obj
    content, found = export_events(call.desk)
    if file is None and not call.json:
        sys.stdout.write(content.decode())
        return
    if file is not None:
        try:
            file.expanduser().write_bytes(content)
        except OSError as cause:
            raise NewsletterError(f"The file {file} cannot be written: {cause.strerror}.", where=str(file)) from cause
    call.show(rows_for(call.desk, found).json(), f"{len(found)} events are in {file}.")


def _answer(call: Call, rows: Rows) -> None:
    """Show what is stored now, then what could not be read; exit 1 where there is any of that."""
    call.show(rows.json(), lambda: _table(rows.found, "") if rows.found else None)
    if rows.refused:
        if not call.json:
            for wording, why in rows.refused:
                call.note(f"Not added: {wording}\n  {why}")
        raise typer.Exit(1)


def _date(text: str | None, where: str) -> date | None:
    from datetime import date

    from newsletter.errors import NewsletterError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise NewsletterError(f"{where} is “{text}”; write a date as 2026-12-04.", where=where) from cause


def _table(rows: Sequence[Occurrence], none: str) -> object:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return none
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Event", "When", "Title", "Place", "Rule", "Status"):
        table.add_column(name, overflow="fold")
    for row in rows:
        place = ", ".join(part for part in (row.place, "online" if row.online else None) if part)
        title = Text(row.title)
        for warning in row.warnings:
            title.append(f"\n{warning}", style="yellow")
        table.add_row(str(row.event), _when(row), title, Text(place), row.rule_text or row.rule or "", row.status.value)
    return table


def _when(row: Occurrence) -> str:
    from datetime import datetime

    if not isinstance(row.start, datetime):
        last = f" – {row.last_date:%a %d %b %Y}" if row.last_date != row.first_date else ""
        return f"{row.start:%a %d %b %Y}{last}"
    end = ""
    if isinstance(row.end, datetime):
        end = f"–{row.end:%H:%M}" if row.end.date() == row.start.date() else f" – {row.end:%a %d %b %H:%M}"
    return f"{row.start:%a %d %b %Y %H:%M}{end} {row.start.tzname()}"
