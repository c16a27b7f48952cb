"""`newsletter people`: who may sign in at the desk. Also the way back in for an administrator who is locked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.model.deed import Deed
    from newsletter.model.user import User
    from newsletter.workflows.people import People

app = typer.Typer(help="The people at the desk: list, invite, role, reset, remove, log.", no_args_is_help=True)

NAME = typer.Argument(metavar="NAME", help="As they sign in.")


def _people(call: Call) -> People:
    from newsletter.workflows.people import People

    return People(call.store, call.settings, call.clock)


def _log(call: Call, deed: str, subject: str, **detail: str) -> None:
    from newsletter.store import audit

    with call.store.writing() as tx:
        audit.add(
            tx, at=call.clock.now(), who=call.who, via="cli", deed=f"people.{deed}", subject=subject, detail=detail
        )


def _show(call: Call, user: User, text: str) -> None:
    from newsletter.workflows.shapes import user_json

    call.show(user_json(user), text)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List everybody who has a password, and their roles."""
    from newsletter.store import users
    from newsletter.workflows.shapes import user_json

    call: Call = ctx.obj
    with call.store.reading() as tx:
        found = users.listing(tx)
    lines = [f"{one.role.value:<10} {'2' if one.second_factor else ' '}  {one.name}" for one in found]
    nobody = "Nobody has a password yet; newsletter serve prints a link, and so does: newsletter people invite admin"
    call.show([user_json(one) for one in found], "\n".join(lines) or nobody)


@app.command()
def invite(
    ctx: typer.Context,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, editor, publisher or admin.")],
    email: Annotated[str | None, typer.Option(help="For whom: a note for the list of open links.")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long the link holds.")] = 7,
) -> None:
    """Print a one-time link by which somebody new chooses name and password."""
    from newsletter.workflows.people import read_role

    call: Call = ctx.obj
    people, wanted = _people(call), read_role(role)
    link = people.address(people.invite(wanted, by=call.who, days=days, email=email))
    _log(call, "invite", email or "link", role=wanted.value)
    call.show({"role": wanted.value, "link": link}, link)


@app.command()
def role(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, editor, publisher or admin.")],
) -> None:
    """Give somebody another role; they sign in again."""
    from newsletter.workflows.people import read_role

    call: Call = ctx.obj
    changed = _people(call).change_role(name, read_role(role))
    _log(call, "role", changed.name, role=changed.role.value)
    _show(call, changed, f"{changed.name} is {changed.role.value} now.")


@app.command()
def reset(
    ctx: typer.Context,
    name: Annotated[str, NAME],
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Their phone is lost: a password is enough again.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long the link holds.")] = 1,
) -> None:
    """Print a one-time link by which somebody chooses a new password."""
    call: Call = ctx.obj
    people = _people(call)
    link = people.address(people.reset(name, by=call.who, days=days, second_factor=second_factor))
    _log(call, "reset", name)
    call.show({"name": name, "link": link}, link)


@app.command()
def remove(ctx: typer.Context, name: Annotated[str, NAME]) -> None:
    """Take somebody off the desk; what they did stays in the log."""
    call: Call = ctx.obj
    gone = _people(call).remove(name)
    _log(call, "remove", gone.name)
    _show(call, gone, f"{gone.name} is removed.")


@app.command()
def log(
    ctx: typer.Context,
    who: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the latest.")] = 100,
) -> None:
    """Show who did what through the desk, the API and this command."""
    from newsletter.store import audit
    from newsletter.workflows.shapes import deed_json

    call: Call = ctx.obj
    with call.store.reading() as tx:
        found = audit.listing(tx, who=who, limit=limit)
    call.show([deed_json(one) for one in found], "\n".join(map(_line, found)) or "Nothing is in the log.")


def _line(one: Deed) -> str:
    return f"{one.at:%Y-%m-%d %H:%M}  {one.who}  {one.deed}  {one.subject}"
