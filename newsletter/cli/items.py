"""`newsletter items`: the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call
from newsletter.workflows.shapes import full_text_json
from newsletter.workflows.shapes import item_json as document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.model.item import Item, ItemId, Triage
    from newsletter.workflows.clip import Clipper

app = typer.Typer(help="The queue: what was collected, and what you decided about it.", no_args_is_help=True)

_Ids = Annotated[list[int], typer.Argument(metavar="ID…")]


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(metavar="new|picked|skipped|snoozed")] = None,
    search: Annotated[str | None, typer.Option(help="Words in title, excerpt, outlet or author.")] = None,
    source: Annotated[int | None, typer.Option(metavar="ID", help="Only from this source.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1)] = None,
    stories: Annotated[bool, typer.Option("--stories", help="One row for each story: the item that leads.")] = False,
) -> None:
    """List items, the newest first. A table shows the items of one story together, the leading one first."""
    from newsletter.model.source import SourceId
    from newsletter.store import item_list

    call: Call = ctx.obj
    publication, wanted = call.publication, _state(state)
    with call.store.reading() as tx:
        rows = item_list.page(
            tx,
            publication.id,
            now=call.clock.now(),
            state=wanted,
            search=search,
            source_id=SourceId(source) if source is not None else None,
            stories=stories,
            limit=limit,
        )
    found = [row.item for row in rows]
    call.show([document(one) for one in found], lambda: _table(found))


@app.command()
def pick(
    ctx: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID…")] = None,
    newest: Annotated[int | None, typer.Option(metavar="N", min=1, help="The N newest that are new.")] = None,
    section: Annotated[str | None, typer.Option(help="Where they go in the issue.")] = None,
) -> None:
    """Pick items for the next issue."""
    from newsletter.errors import NewsletterError
    from newsletter.model.item import Triage
    from newsletter.store import items

    call: Call = ctx.obj
    if bool(ids) == (newest is not None):
        raise NewsletterError("Name the items to pick by their ids, or write --newest N.", code="usage", where="ID")
    chosen = [] if newest is None else _newest(call, newest)
    with call.store.writing() as tx:
        found = items.decide(
            tx,
            call.publication.id,
            chosen or _ids(ids or []),
            Triage.PICKED,
            section=section,
            now=call.clock.now(),
        )
    _answer(call, found)


@app.command()
def skip(ctx: typer.Context, ids: _Ids) -> None:
    """Leave items out."""
    from newsletter.model.item import Triage

    _decide(ctx.obj, ids, Triage.SKIPPED)


@app.command()
def snooze(ctx: typer.Context, ids: _Ids) -> None:
    """Put items aside for later."""
    from newsletter.model.item import Triage

    _decide(ctx.obj, ids, Triage.SNOOZED)


@app.command()
def restore(ctx: typer.Context, ids: _Ids) -> None:
    """Back to new."""
    from newsletter.model.item import Triage

    _decide(ctx.obj, ids, Triage.NEW)


@app.command()
def add(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|FILE|-")],
) -> None:
    """Add a page by its address, a file, or (-) a text from stdin whose first line is the title."""
    import sys
    from pathlib import Path

    call: Call = ctx.obj
    clipper = _clipper(call)
    if what == "-":
        found = clipper.add_text(sys.stdin.read())
    elif what.lower().startswith(("http://", "https://")):
        found = clipper.add_page(what)
    else:
        found = clipper.add_file(Path(what))
    call.show([document(one) for one in found], lambda: _table(found))


@app.command()
def edit(
    ctx: typer.Context,
    item: Annotated[int, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option()] = None,
    excerpt: Annotated[str | None, typer.Option(help="Markdown.")] = None,
    url: Annotated[str | None, typer.Option()] = None,
    outlet: Annotated[str | None, typer.Option()] = None,
    published: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Take off all earlier edits.")] = False,
) -> None:
    """Lay your words over an item; what was collected stays below."""
    from newsletter.errors import NewsletterError

    given = {"title": title, "excerpt": excerpt, "url": url, "outlet": outlet, "published": published}
    fields = {name: value for name, value in given.items() if reset or value is not None}
    if not fields:
        raise NewsletterError("Say what to change: --title, --excerpt, --url, --outlet, --published or --reset.")
    call: Call = ctx.obj
    found = _clipper(call).edit(_ids([item])[0], fields)
    call.show([document(found)], lambda: _table([found]))


@app.command()
def text(ctx: typer.Context, item: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Fetch the whole text of an item from its page, and keep it beside the excerpt."""
    call: Call = ctx.obj
    found = _clipper(call).full_text(_ids([item])[0])
    call.show(full_text_json(found), found.html)


@app.command()
def join(ctx: typer.Context, ids: _Ids) -> None:
    """Make these items one story; that is remembered."""
    from newsletter.workflows import retelling

    _show(ctx.obj, retelling.join(ctx.obj.desk, _ids(ids)))


@app.command()
def split(ctx: typer.Context, ids: _Ids) -> None:
    """Take items out of their story; that is remembered."""
    from newsletter.workflows import retelling

    _show(ctx.obj, retelling.split(ctx.obj.desk, _ids(ids)))


@app.command()
def lead(ctx: typer.Context, item: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Let an item lead its story."""
    from newsletter.workflows import retelling

    _show(ctx.obj, [retelling.lead(ctx.obj.desk, _ids([item])[0])])


def _show(call: Call, found: Sequence[Item]) -> None:
    call.show([document(one) for one in found], lambda: _table(found))


def _clipper(call: Call) -> Clipper:
    from newsletter.workflows.clip import Clipper

    return Clipper(call.store, call.settings, call.clock, call.publication)


def _newest(call: Call, count: int) -> list[ItemId]:
    from newsletter.store import items

    publication = call.publication
    with call.store.reading() as tx:
        return items.newest(tx, publication.id, count, now=call.clock.now())


def _decide(call: Call, ids: Sequence[int], state: Triage) -> None:
    from newsletter.store import items

    publication = call.publication
    with call.store.writing() as tx:
        found = items.decide(tx, publication.id, _ids(ids), state, now=call.clock.now())
    _answer(call, found)


def _ids(ids: Sequence[int]) -> list[ItemId]:
    from newsletter.model.item import ItemId

    return [ItemId(key) for key in ids]


def _state(text: str | None) -> Triage | None:
    from newsletter.errors import NewsletterError
    from newsletter.model.item import Triage

    try:
        return Triage(text) if text is not None else None
    except ValueError as cause:
        raise NewsletterError(
            f"“{text}” is no state of an item; write new, picked, skipped or snoozed.", code="usage", where="--state"
        ) from cause


def _answer(call: Call, found: Sequence[Item]) -> None:
    rows = [{"id": one.id, "state": one.state.value} for one in found]
    text = "\n".join(f"{one.id:>6}  {one.state.value:<8} {one.latest.title or '(no title)'}" for one in found)
    call.show(rows, text or "Nothing to pick: no item is new.")


def _table(found: Sequence[Item]) -> object:
    if not found:
        return "No item here."
    from rich.markup import escape
    from rich.table import Table

    from newsletter.model.story import folded

    table = Table("id", "state", "date", "outlet", "title", box=None, header_style="bold")
    for first, others in folded(found):
        for one in (first, *others):
            date = f"{one.latest.published:%Y-%m-%d}" if one.latest.published else ""
            title = one.latest.title or "(no title)"
            outlet = one.latest.outlet or ""
            if one.place:
                outlet += f" (+{len(one.place.also_in)})" if one.place.leads else " (also)"
            mark = "" if one is first else "  └ "
            table.add_row(str(one.id), one.state.value, date, escape(outlet), mark + escape(title))
    return table
