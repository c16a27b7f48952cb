"""`newsletter demo`: the whole path on sample data."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call


def demo(
    ctx: typer.Context,
    serve: Annotated[bool, typer.Option("--serve", help="Then open the desk on the result.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The desk's port, with --serve.")] = 8000,
) -> None:
    """Collect, compose and send a sample issue, offline; --workspace DIR keeps it there."""
    import tempfile
    from pathlib import Path

    from newsletter.workflows.demo import document, run

    call: Call = ctx.obj
    if call.workspace_option:
        folder = Path(call.workspace_option).absolute()
    else:
        folder = Path(tempfile.mkdtemp(prefix="newsletter-demo-"))
    summary = run(folder, call.clock, call.note, program=_program())
    call.show(
        document(summary),
        f"\nLook at\n  the issue     {summary.html}\n  its text      {summary.text}\n"
        f"  the mails     {summary.mailbox} ({summary.received} .eml files)\n"
        f"\nNext, open the desk on it:\n  {summary.next}",
    )
    if serve:
        from newsletter.web.serving import serve as serve_until_told

        desk = Call(workspace_option=str(folder))
        try:
            serve_until_told(
                desk.store, desk.settings, desk.clock, desk.publication, host="127.0.0.1", port=port, say=call.note
            )
        finally:
            desk.close()


def _program() -> str:
    """How to call this program again from here: its name where the shell finds it, else its path."""
    import shlex
    import shutil
    import sys
    from pathlib import Path

    called = Path(sys.argv[0])
    found = shutil.which("newsletter")
    if called.name != "newsletter":
        return f"{shlex.quote(sys.executable)} -m newsletter"
    if found is not None and Path(found).resolve() == called.resolve():
        return "newsletter"
    return shlex.quote(str(called))
