"""`newsletter sources`: where items come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.model.source import Source
    from newsletter.workflows.answers.sources import RefusedFeedJson, SourceJson

app = typer.Typer(help="Where items come from: feeds, mailboxes and folders.", no_args_is_help=True)


def _show(call: Call, found: Sequence[Source], more: Sequence[RefusedFeedJson] = ()) -> None:
    """The sources, and how much of what each brought is used; who is dead is told beside it. `more`: rows of --json."""
    from newsletter.workflows.sources import told

    rows = told(call.store, call.clock, call.publication, found)
    call.show([*rows, *more], lambda: _table(rows))
    for one in rows:
        if one["dead"]:
            call.note(f"{one['name']} has given nothing for a week: {one['error'] or 'it does not answer'}")


def _table(rows: Sequence[SourceJson]) -> object:
    if not rows:
        return "No source yet. Add one with: newsletter sources add URL_OR_FOLDER"
    from rich.markup import escape
    from rich.table import Table

    table = Table("id", "name", "kind", "status", "used", "address", box=None, header_style="bold")
    for one in rows:
        status = one["status"].value if one["active"] else "off"
        share = f"{one['used']} of {one['items']}" if one["items"] else ""
        lines = "\n".join(map(escape, filter(None, (one["url"], one["error"], one["waits"]))))
        table.add_row(str(one["id"]), escape(one["name"]), one["kind"].value, status, share, lines)
    return table


@app.command()
def add(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="URL_OR_FOLDER")],
    name: Annotated[str | None, typer.Option(help="What the desk calls it.")] = None,
    section: Annotated[str | None, typer.Option(help="The section its items go to by themselves.")] = None,
    outlet: Annotated[str | None, typer.Option(help="The outlet readers see before its headlines.")] = None,
    as_it_is: Annotated[bool, typer.Option("--as-it-is", help="Do not look for feeds on a page.")] = False,
) -> None:
    """Add a feed or an .ics calendar by its address, a page with a feed, a mailbox, or a folder for files.

    A mailbox is imaps://user@host/FOLDER; its password belongs under [[mailbox]] in newsletter.toml, or into
    NEWSLETTER_MAILBOX_PASSWORD. Where a page offers several feeds they are listed, and none is added.
    """
    from newsletter.workflows import sources

    call: Call = ctx.obj
    added, of_page = sources.add_asked(
        call.store,
        call.settings,
        call.clock,
        call.publication,
        address,
        name=name,
        section=section,
        outlet=outlet,
        as_it_is=as_it_is,
    )
    if of_page:
        call.note(f"{address} is a page; its feed is added: {added.url}")
    _show(call, [added])


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the sources, and what they said last."""
    from newsletter.store import sources

    call: Call = ctx.obj
    publication = call.publication
    with call.store.reading() as tx:
        found = sources.listing(tx, publication.id)
    _show(call, found)


@app.command()
def remove(ctx: typer.Context, source: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Take no longer from a source. What was collected stays."""
    from newsletter.model.source import SourceId
    from newsletter.workflows import sources

    call: Call = ctx.obj
    _show(call, [sources.remove(call.store, call.publication, SourceId(source))])


@app.command("set")
def set_(
    ctx: typer.Context,
    source: Annotated[int, typer.Argument(metavar="ID")],
    values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…")],
) -> None:
    """Change a source: name, outlet, section, keep, skip, newest, interval, active, url.

    keep and skip are words with commas between them, or url:PART; interval is like 30m, 2h, 1d.
    """
    from newsletter.model.source import SourceId
    from newsletter.workflows import sources

    call: Call = ctx.obj
    _show(call, [sources.change(call.store, call.publication, SourceId(source), values)])


@app.command()
def find(ctx: typer.Context, page: Annotated[str, typer.Argument(metavar="URL")]) -> None:
    """List the feeds that a web page offers. Exit 1 where there is none."""
    from newsletter.workflows import sources

    call: Call = ctx.obj
    found = sources.find(call.settings, call.clock, page)
    text = "\n".join(f"{one.url}  {one.title}".rstrip() for one in found)
    call.show([sources.offer_json(one) for one in found], text or f"No feed was found at {page}.")
    if not found:
        raise typer.Exit(1)


@app.command("import")
def import_(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE.opml")]) -> None:
    """Add every feed of an OPML list; its folders are sections."""
    from newsletter.errors import NewsletterError
    from newsletter.workflows import sources

    call: Call = ctx.obj
    try:
        content = file.read_bytes()
    except OSError as cause:
        raise NewsletterError(f"{file} cannot be read: {cause.strerror}.", where=str(file)) from cause
    added, present, refused = sources.import_opml(call.store, call.clock, call.publication, content)
    if present:
        call.note(f"{len(present)} were sources already, and stay as they are.")
    for one in refused:
        call.note(f"{one.name}: {one.reason}")
    _show(call, added, [sources.refused_json(one) for one in refused])


@app.command()
def export(ctx: typer.Context) -> None:
    """Print the feeds as OPML; with --json the sources, as a list."""
    from newsletter.workflows import sources

    call: Call = ctx.obj
    if call.json:
        list_(ctx)
        return
    call.show(None, sources.export_opml(call.store, call.publication))
