"""`newsletter doctor`: whether everything that sending needs is there."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from newsletter.cli.call import Call


def doctor(
    ctx: typer.Context,
    dkim_selector: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where the DKIM key is: NAME._domainkey.DOMAIN.")
    ] = None,
) -> None:
    """Try settings, database, templates, the login of each mail server, the base URL, and SPF, DKIM and DMARC."""
    from newsletter.workflows.doctor import examine

    call: Call = ctx.obj
    found = examine(call.workspace, os.environ, call.clock, selector=dkim_selector)
    call.show(
        [{"check": one.check, "ok": one.ok, "detail": one.detail} for one in found],
        "\n".join(f"{'ok   ' if one.ok else 'WRONG'} {one.check:<12} {one.detail}" for one in found),
    )
    if not all(one.ok for one in found):
        raise typer.Exit(1)
