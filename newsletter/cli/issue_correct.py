"""`newsletter issue correct`: put right what was sent."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.call import Call, long_text
from newsletter.cli.issue_sending import NUMBER, desk, exact


def correct(
    ctx: typer.Context,
    issue: Annotated[str, NUMBER],
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was wrong; TEXT, @FILE, or - for stdin.")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Also draft a letter to exactly those who have it.")] = False,
    open_text: Annotated[
        bool, typer.Option("--open", help="First let its text be edited: issue edit, text, move, remove, set.")
    ] = False,
) -> None:
    """Show a sent issue corrected in the archive, under a dated note. What was sent stays as it was.

    Without --open before, the page keeps its text and gets the note.
    """
    from newsletter.cli.issue import show_issue
    from newsletter.errors import NewsletterError
    from newsletter.workflows import correct as workflow

    call: Call = ctx.obj
    room, number = desk(call), exact(issue)
    if open_text:
        if note is not None or send:
            raise NewsletterError(
                "--open comes first and alone; then edit, then: issue correct N --note TEXT.", where="--open"
            )
        show_issue(call, workflow.open_text(room, number))
        call.note(f"Its text is open; when it is right: newsletter issue correct {number} --note TEXT")
        return
    if note is None:
        raise NewsletterError("Say what was wrong: --note TEXT.", where="--note")
    said = long_text(note) or ""
    corrected = workflow.correct(room, number, said)
    if not send:
        show_issue(call, corrected)
        call.note(f"The archive shows issue {number} corrected.")
        return
    draft = workflow.draft_letter(room, number, said)
    show_issue(call, draft)
    call.note(
        f"The archive shows issue {number} corrected. Issue {draft.number} is the draft for the "
        f"{room.readers(draft.number)} readers who have it: newsletter issue send {draft.number} --approve"
    )
