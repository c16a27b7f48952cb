"""`newsletter init`: a workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call


def init(
    ctx: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="Where; else the workspace or this folder.")
    ] = None,
) -> None:
    """Make a workspace with a first publication: newsletter.toml, templates/ to edit, drop/ for files."""
    from pathlib import Path

    from newsletter.workflows.workspace import make

    call: Call = ctx.obj
    workspace = Path(folder).absolute() if folder else call.workspace
    made = make(workspace, call.clock)
    call.show(
        {"workspace": str(made)},
        f"The workspace {made} is ready.\nNext: cd {made} && newsletter sources add https://… && newsletter collect",
    )
