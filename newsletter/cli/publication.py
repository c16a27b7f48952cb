"""`newsletter publication`: the newsletter itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call
from newsletter.workflows.shapes import publication_json as document

if TYPE_CHECKING:
    from newsletter.model.publication import Publication

app = typer.Typer(help="The newsletter itself: its name, sender, postal address, zone, language.", no_args_is_help=True)


def _show(call: Call, publication: Publication) -> None:
    fields = document(publication)
    call.show(fields, "\n".join(f"{name:<17} {value}" for name, value in fields.items()))


@app.command()
def show(ctx: typer.Context) -> None:
    """Show the publication."""
    call: Call = ctx.obj
    _show(call, call.publication)


@app.command("set")
def set_(ctx: typer.Context, values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…")]) -> None:
    """Change it: name, from, reply_to, address, tagline, zone, language, theme, subject, date_format, event_days,
    event_grouping (day, week or city), event_zones (two to four, with commas), send_late_within (as in 2h or 90m),
    outlets (names with commas, in the order in which they lead a story)."""
    from newsletter.workflows.publications import change

    call: Call = ctx.obj
    _show(call, change(call.store, call.settings, call.publication, values))


@app.command()
def add(ctx: typer.Context, name: str) -> None:
    """Add another publication to the workspace."""
    from newsletter.workflows.publications import add as add_one

    call: Call = ctx.obj
    _show(call, add_one(call.store, call.clock, name))
