"""`newsletter cadence`: when the newsletter comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.schedule.cadence import Cadence, Occurrence

app = typer.Typer(help="When the newsletter comes out.", no_args_is_help=True)
holidays = typer.Typer(help="Days on which nothing comes out by the cadence.", no_args_is_help=True)
app.add_typer(holidays, name="holidays")

SHOWN = 5


def of(call: Call) -> Cadence | None:
    """The cadence of the publication."""
    from newsletter.schedule.timetable import of_publication

    with call.store.reading() as tx:
        return of_publication(tx, call.publication)


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
    _show(call, of(call))


@app.command()
def clear(ctx: typer.Context) -> None:
    """Forget the rule; what is scheduled stays scheduled."""
    from newsletter.store import cadences

    call: Call = ctx.obj
    with call.store.writing() as tx:
        cadences.clear(tx, call.publication.id)
    _show(call, None)


def _holidays(call: Call) -> None:
    from newsletter.store import cadences

    with call.store.reading() as tx:
        known = cadences.named_holidays(tx, call.publication.id)
    call.show(
        [{"day": one.day.isoformat(), "name": one.name, "moves": one.moves} for one in known],
        "\n".join(f"{one.day}  {'the day before' if one.moves else 'left out':<15} {one.name}" for one in known)
        or "No holiday is known.",
    )


@holidays.command("list")
def holidays_list(ctx: typer.Context) -> None:
    """List the days on which nothing comes out by the cadence."""
    _holidays(ctx.obj)


@holidays.command("add")
def holidays_add(
    ctx: typer.Context,
    days: Annotated[list[str], typer.Argument(metavar="DATE…")],
    name: Annotated[str, typer.Option(help="What day it is.")] = "",
    before: Annotated[bool, typer.Option("--day-before", help="It comes the day before; else it is left out.")] = False,
) -> None:
    """Leave these days out of the cadence, or come the day before."""
    from newsletter.model.when import read_date
    from newsletter.store import cadences

    call: Call = ctx.obj
    found = [cadences.Holiday(read_date(one, where="DATE"), " ".join(name.split()), before) for one in days]
    with call.store.writing() as tx:
        cadences.put_holidays(tx, call.publication.id, found)
    _holidays(call)


@holidays.command("import")
def holidays_import(
    ctx: typer.Context,
    where: Annotated[str, typer.Argument(metavar="FILE_OR_URL", help="An .ics calendar of holidays.")],
    before: Annotated[bool, typer.Option("--day-before", help="It comes the day before; else it is left out.")] = False,
) -> None:
    """Take the all-day events of a calendar as holidays, for the next five years."""
    from newsletter.workflows.holidays import import_holidays

    call: Call = ctx.obj
    import_holidays(call.store, call.settings, call.clock, call.publication, where, moves=before)
    _holidays(call)


@holidays.command("remove")
def holidays_remove(
    ctx: typer.Context,
    days: Annotated[list[str] | None, typer.Argument(metavar="[DATE…]", help="Days; none with --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Come out on these days again."""
    from newsletter.errors import NewsletterError
    from newsletter.model.when import read_date
    from newsletter.store import cadences

    call: Call = ctx.obj
    if bool(days) == everything:
        raise NewsletterError("Say which days, or --all.", where="DATE")
    with call.store.writing() as tx:
        wanted = None if everything else [read_date(one, where="DATE") for one in days or ()]
        cadences.drop_holidays(tx, call.publication.id, wanted)
    _holidays(call)
