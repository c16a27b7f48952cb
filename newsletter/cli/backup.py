"""`newsletter backup`, `restore` and `db copy`: everything in one file, and from one database into another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.call import Call

db = typer.Typer(help="The database itself.", no_args_is_help=True)


def backup(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="A new file.")]) -> None:
    """Write everything into one file while it runs: database, secret keys, templates, pictures, settings."""
    from newsletter.workflows.backup import back_up

    call: Call = ctx.obj
    made = back_up(call.store, call.settings, call.clock, Path(file).absolute())
    call.show(
        {"file": str(made.file), "bytes": made.size, "files": made.files},
        f"{made.file}: {made.size:,} bytes. It holds your secret keys and your readers' addresses: keep it safe.",
    )


def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that newsletter backup wrote.")],
    go_on: Annotated[
        bool,
        typer.Option(
            "--go-on", help="Nothing was sent since the backup: let schedules and sending go on by themselves."
        ),
    ] = False,
) -> None:
    """Make a workspace from a backup, in an empty folder. Nothing is sent before you agree."""
    from newsletter.workflows.backup import restore as make_again

    call: Call = ctx.obj
    done = make_again(Path(file).absolute(), call.workspace, call.clock, os.environ, go_on=go_on)
    document = {
        "workspace": str(done.workspace),
        "made_at": done.made_at.isoformat(),
        "held": list(done.asked.held),
        "paused": list(done.asked.paused),
        "uncertain": done.asked.uncertain,
        "digests": done.asked.digests,
    }
    lines = [f"{done.workspace} is as it was on {done.made_at:%Y-%m-%d at %H:%M} UTC."]
    lines += [
        f"Issue {one} is held: newsletter issue schedule {one}, if it has not gone out." for one in done.asked.held
    ]
    lines += [f"Issue {one} is paused: newsletter issue resume {one}, or cancel {one}." for one in done.asked.paused]
    if done.asked.uncertain:
        lines.append(
            f"{done.asked.uncertain} deliveries are uncertain; see: newsletter issue deliveries N --state uncertain"
        )
    if done.asked.digests:
        lines.append("Digests wait until you set one again: newsletter digest set KEY=VALUE")
    call.show(document, "\n".join(lines))


@db.command("copy")
def copy(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="An empty database: sqlite:///new.db, postgresql://….")],
) -> None:
    """Copy the whole database into an empty one, from SQLite to PostgreSQL or back. Stop `serve` first."""
    from newsletter.errors import NewsletterError
    from newsletter.store.opening import open_store
    from newsletter.store.transfer import copy as copy_all

    call: Call = ctx.obj
    source = call.store
    target = open_store(url, call.workspace)
    try:
        if target.engine.url == source.engine.url:
            raise NewsletterError("This is the database itself; name another one.", where="URL")
        counts = copy_all(source, target)
        shown = target.engine.url.set(drivername=target.engine.url.get_backend_name()).render_as_string()
    finally:
        target.close()
    total = sum(counts.values())
    call.show(
        {"url": shown, "rows": total, "tables": counts},
        f"{total:,} rows are in {shown}.\nUse it: set database.url in newsletter.toml, or NEWSLETTER_DATABASE_URL.",
    )
