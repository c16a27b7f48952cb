"""`newsletter serve`: the desk, the readers' pages, the scheduler and the sender in one process."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    log: Annotated[
        str | None, typer.Option(metavar="text|json", help="How it writes what happens; else as the settings say.")
    ] = None,
) -> None:
    """Serve the desk and send what is due, until Ctrl-C."""
    from dataclasses import replace

    from newsletter.settings import log_format
    from newsletter.web.serving import serve as serve_until_told

    call: Call = ctx.obj
    settings = call.settings if log is None else replace(call.settings, log=log_format(log, "--log"))
    serve_until_told(call.store, settings, call.clock, call.publication, host=host, port=port, say=call.note)
