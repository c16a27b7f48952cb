"""`newsletter cadence`: when the newsletter comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.schedule.cadence import Cadence, Occurrence

app = typer.Typer(help="When the newsletter comes out.", no_args_is_help=True)

SHOWN = 5


def of(call: Call) -> Cadence | None:
    """The cadence of the publication."""
    from newsletter.schedule.cadence import read_cadence
    from newsletter.store import cadences

    with call.store.reading() as tx:
        rule = cadences.get(tx, call.publication.id)
    return None if rule is None else read_cadence(rule, call.publication.zone)


def next_free(call: Call) -> tuple[Cadence, Occurrence]:
    """The next time of the cadence for which nothing is scheduled. Raises NewsletterError where there is none."""
    from newsletter.errors import NewsletterError
    from newsletter.store import cadences

    cadence = of(call)
    if cadence is None:
        raise NewsletterError(
            "Say when: --at 2026-12-04T09:00, or set a cadence first: newsletter cadence set RULE", where="--at"
        )
    with call.store.reading() as tx:
        taken = cadences.planned(tx, call.publication.id)
    for one in cadence.after(call.clock.now()):
        if one.at not in taken:
            return cadence, one
    raise NewsletterError("The cadence has no further time; say one with --at.", where="--at")


def _show(call: Call, cadence: Cadence | None) -> None:
    from itertools import islice
    from zoneinfo import ZoneInfo

    if cadence is None:
        call.show({"cadence": None, "next": []}, "There is no cadence.")
        return
    times = [
        one.at.astimezone(ZoneInfo(cadence.zone)).isoformat() for one in islice(cadence.after(call.clock.now()), SHOWN)
    ]
    call.show({"cadence": cadence.text, "next": times}, "\n".join([f"{cadence.text} ({cadence.zone})", *times]))


@app.command()
def show(ctx: typer.Context) -> None:
    """Show the rule and the next times."""
    call: Call = ctx.obj
    _show(call, of(call))


@app.command("set")
def set_(
    ctx: typer.Context, rule: Annotated[str, typer.Argument(metavar="RULE", help="“Fri 09:00 America/New_York”.")]
) -> None:
    """Set the rule: days and a time, a cron line with names of days, or an RRULE."""
    from newsletter.schedule.cadence import read_cadence
    from newsletter.store import cadences

    call: Call = ctx.obj
    cadence = read_cadence(rule, call.publication.zone)
    with call.store.writing() as tx:
        cadences.put(tx, call.publication.id, cadence.text, zone=cadence.zone, now=call.clock.now())
    _show(call, cadence)


@app.command()
def clear(ctx: typer.Context) -> None:
    """Forget the rule; what is scheduled stays scheduled."""
    from newsletter.store import cadences

    call: Call = ctx.obj
    with call.store.writing() as tx:
        cadences.clear(tx, call.publication.id)
    _show(call, None)
