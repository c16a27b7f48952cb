"""`newsletter digest`: an issue that fills itself by a rule, daily or weekly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.workflows.answers.newsletters import DigestJson, DigestRunJson

app = typer.Typer(help="An issue that fills itself by a rule, and is sent or waits for approval.", no_args_is_help=True)


def _text(document: DigestJson) -> str:
    if document["digest"] is None:
        lines = ["There is no digest. Set one with: newsletter digest set cadence='daily 07:00' most=10 then=send"]
    else:
        lines = [f"{key:<9} {_value(value)}" for key, value in document["digest"].items()]
        lines += [f"next      {at}" for at in document["next"]]
        lines += [f"It waits: {document['waits']}"] if document["waits"] else []
    return "\n".join([*lines, *(_run_text(one) for one in document["runs"])])


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _run_text(one: DigestRunJson) -> str:
    issue = f" issue {one['issue']}, {one['items']} items" if one["issue"] else ""
    return f"{one['local']}  {one['outcome']}{issue}{'  ' + one['why'] if one['why'] else ''}"


def _show(call: Call) -> None:
    from newsletter.schedule.planning import digest_json

    document = digest_json(call.desk)
    call.show(document, lambda: _text(document))


@app.command()
def show(ctx: typer.Context) -> None:
    """Show the rule, the next times, and what became of the last ones."""
    _show(ctx.obj)


@app.command("set")
def set_(ctx: typer.Context, values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…")]) -> None:
    """Set it: cadence (empty: the publication's), sources (names or ids, with commas), sections, most, least (with
    fewer items it is skipped), choose (newest, or outlet for the newest of each), max_age (as 2d), title, subject,
    theme, then (send, or wait for approval)."""
    from newsletter.schedule.planning import set_digest

    call: Call = ctx.obj
    if not set_digest(call.desk, values):
        call.note("It has no time yet: newsletter digest set cadence='daily 07:00', or set the publication's cadence.")
    _show(call)


@app.command()
def clear(ctx: typer.Context) -> None:
    """Make no more digests; what was made stays."""
    from newsletter.schedule.planning import clear_digest

    call: Call = ctx.obj
    clear_digest(call.desk)
    _show(call)


@app.command()
def run(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would take; nothing changes.")] = False,
) -> None:
    """Make it now: collect, fill, and send or leave it to be approved. A running serve does this when it is due."""
    from newsletter.schedule.planning import digest_of, digest_run_json, digest_trial_json, run_by_hand
    from newsletter.workflows.digest import look_at

    call: Call = ctx.obj
    room = call.desk
    digest = digest_of(room)
    if dry_run:
        trial = digest_trial_json(look_at(room, digest))
        rows = [f"{one['id']:>6}  {one['outlet'] or '':<24} {one['title']}" for one in trial["items"]]
        call.show(trial, "\n".join([*rows, trial["skipped"] or ""]))
        return
    made = run_by_hand(room, digest)
    if made.number is not None and digest.then == "send" and made.outcome == "made":
        from newsletter.schedule.tick import tick
        from newsletter.workflows.sending import send_on

        tick(call.store, call.settings, call.clock)
        send_on(room, made.number)
    run = digest_run_json(made)
    call.show(run, lambda: _run_text(run))
    if made.outcome == "failed":
        raise typer.Exit(1)
