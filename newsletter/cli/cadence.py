"""`newsletter cadence`: when the newsletter comes out."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call

app = typer.Typer(help="When the newsletter comes out.", no_args_is_help=True)
holidays = typer.Typer(help="Days on which nothing comes out by the cadence.", no_args_is_help=True)
app.add_typer(holidays, name="holidays")


def _show(call: Call) -> None:
    from newsletter.schedule.planning import cadence_json, cadence_of

    told, cadence = cadence_json(call.desk), cadence_of(call.desk)
    text = "There is no cadence." if cadence is None else "\n".join([f"{cadence.text} ({cadence.zone})", *told["next"]])
    call.show(told, text)


@app.command()
def show(ctx: typer.Context) -> None:
    """Show the rule and the next times."""
    _show(ctx.obj)


@app.command("set")
def set_(
    ctx: typer.Context, rule: Annotated[str, typer.Argument(metavar="RULE", help="“Fri 09:00 America/New_York”.")]
) -> None:
    """Set the rule: days and a time, a cron line with names of days, or an RRULE."""
    from newsletter.schedule.planning import set_cadence

    call: Call = ctx.obj
    set_cadence(call.desk, rule)
    _show(call)


@app.command()
def clear(ctx: typer.Context) -> None:
    """Forget the rule; what is scheduled stays scheduled."""
    from newsletter.schedule.planning import clear_cadence

    call: Call = ctx.obj
    clear_cadence(call.desk)
    _show(call)


def _holidays(call: Call) -> None:
    from newsletter.schedule.planning import holidays_json

    known = holidays_json(call.desk)
    call.show(
        known,
        "\n".join(
            f"{one['day']}  {'the day before' if one['moves'] else 'left out':<15} {one['name']}" for one in known
        )
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
    from newsletter.schedule.planning import add_holidays

    call: Call = ctx.obj
    add_holidays(call.desk, [read_date(one, where="DATE") for one in days], name=name, moves=before)
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
    from newsletter.schedule.planning import drop_holidays

    call: Call = ctx.obj
    if bool(days) == everything:
        raise NewsletterError("Say which days, or --all.", where="DATE")
    drop_holidays(call.desk, None if everything else [read_date(one, where="DATE") for one in days or ()])
    _holidays(call)
