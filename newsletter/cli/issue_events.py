"""`newsletter issue events`: the calendar of one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.workflows.proofing import Material


def register(app: typer.Typer) -> None:
    """Add the command to `newsletter issue`."""
    app.command("events")(events)


def events(
    ctx: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="A number, or latest.")],
    occurrence: Annotated[
        str | None, typer.Argument(metavar="OCCURRENCE", help="Its id, as the list shows it. Without one: the list.")
    ] = None,
    pin: Annotated[bool | None, typer.Option("--pin/--unpin", help="First of all, also beyond the window.")] = None,
    hide: Annotated[bool | None, typer.Option("--hide/--show", help="Not in this issue.")] = None,
    move: Annotated[
        int | None,
        typer.Option("--move", min=0, metavar="N", help="Its place in the calendar, from 1; 0: by its date."),
    ] = None,
) -> None:
    """Show the calendar of an issue; pin, hide or move an occurrence in it."""
    from newsletter.cli.issue import number_of
    from newsletter.cli.issue_json import document
    from newsletter.cli.issue_sending import desk
    from newsletter.errors import NewsletterError
    from newsletter.workflows.issue_calendar import arrange

    call: Call = ctx.obj
    room, number = desk(call), number_of(issue)
    asked = (pin, hide, move) != (None, None, None)
    if asked and occurrence is None:
        raise NewsletterError(
            "Name the occurrence too; its id is in: newsletter issue events ISSUE", where="OCCURRENCE"
        )
    if occurrence is not None:
        if not asked:
            raise NewsletterError("Say what to do with it: --pin, --hide, --show, --unpin or --move N.", where="--pin")
        day = room.material(number).day
        found = arrange(call.store, call.publication, number, occurrence, on=day, pinned=pin, hidden=hide, to=move)
        number = found.number
    material = room.material(number)
    call.show(document(material), lambda: _text(material))


def _text(material: Material) -> str:
    lines = [f"The calendar of issue {material.issue.number}, as of {material.day}:"]
    for one in material.occurrences:
        marks = " ".join(word for word, there in (("pinned", one.pinned), ("hidden", one.hidden)) if there)
        lines.append(f"  {one.id:<20} {one.first_date:%a %d %b}  {one.title}" + (f"  ({marks})" if marks else ""))
    return "\n".join(lines if len(lines) > 1 else [*lines, "  no event"])
