"""`newsletter sources`: where items come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.model.source import Source

app = typer.Typer(help="Where items come from: feeds and folders.", no_args_is_help=True)


def document(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind.value,
        "url": source.url,
        "status": source.status.value,
        "last_success": source.last_success.isoformat() if source.last_success else None,
        "error": source.error,
        "outlet": source.outlet,
        "section": source.section,
    }


def _show(call: Call, found: Sequence[Source]) -> None:
    call.show([document(one) for one in found], lambda: _table(found))


def _table(found: Sequence[Source]) -> object:
    if not found:
        return "No source yet. Add one with: newsletter sources add URL_OR_FOLDER"
    from rich.markup import escape
    from rich.table import Table

    table = Table("id", "name", "kind", "status", "address", box=None, header_style="bold")
    for one in found:
        address = escape(one.url) + (f"\n{escape(one.error)}" if one.error else "")
        table.add_row(str(one.id), escape(one.name), one.kind.value, one.status.value, address)
    return table


@app.command()
def add(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="URL_OR_FOLDER")],
    name: Annotated[str | None, typer.Option(help="What the desk calls it.")] = None,
    section: Annotated[str | None, typer.Option(help="The section its items go to by themselves.")] = None,
    outlet: Annotated[str | None, typer.Option(help="The outlet readers see before its headlines.")] = None,
) -> None:
    """Add a feed or an .ics calendar by its address, or a folder for dropped files. `collect` fetches."""
    from newsletter.workflows import sources

    call: Call = ctx.obj
    added = sources.add(call.store, call.clock, call.publication, address, name=name, section=section, outlet=outlet)
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
