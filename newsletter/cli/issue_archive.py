"""`newsletter issue archive`: whether the public pages show an issue."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call


def archive(
    ctx: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="A number, or latest.")],
    keep_out: Annotated[bool, typer.Option("--keep-out/--show", help="Out of the public pages, or in them.")],
) -> None:
    """Keep an issue out of the public pages, or show it there."""
    from newsletter.cli.issue import number_of
    from newsletter.cli.issue_sending import desk
    from newsletter.workflows.archive import keep_out as decide

    call: Call = ctx.obj
    done = decide(desk(call), number_of(issue), keep_out)
    call.show(
        {"number": done.number, "in_archive": done.in_archive},
        f"Issue {done.number} is {'on' if done.in_archive else 'kept out of'} the public pages.",
    )
