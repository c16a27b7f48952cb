"""`newsletter issue pause, resume, cancel, resolve`: steer what is on its way, from any process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call
from newsletter.cli.issue_sending import ISSUE, NUMBER, counts_shown, desk, exact, number_or_latest, sent_shown

if TYPE_CHECKING:
    from newsletter.model.delivery import Tally
    from newsletter.model.issue import Issue


def register(app: typer.Typer) -> None:
    """Add these commands to `newsletter issue`."""
    for command in (pause, resume, cancel, resolve):
        app.command()(command)


def pause(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Stop sending within one message per connection."""
    from newsletter.workflows import steering

    call: Call = ctx.obj
    room = desk(call)
    counts_shown(call, *steering.pause(room, room.number(number_or_latest(issue))))


def resume(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Go on sending where it was paused; repeats nobody."""
    from newsletter.cli.progress import sending_bar
    from newsletter.workflows import steering
    from newsletter.workflows.sending import resume_on

    call: Call = ctx.obj
    room = desk(call)
    number = room.number(number_or_latest(issue))
    steering.resume(room, number)

    def run() -> tuple[Issue, Tally]:
        with sending_bar(call, room, number) as progress:
            return resume_on(room, number, progress=progress)

    sent_shown(call, room, number, run)


def cancel(ctx: typer.Context, issue: Annotated[str, NUMBER]) -> None:
    """End it for good: who was not tried is skipped."""
    from newsletter.workflows import steering

    call: Call = ctx.obj
    counts_shown(call, *steering.cancel(desk(call), exact(issue)))


def resolve(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    delivery: Annotated[list[int] | None, typer.Argument(metavar="[DELIVERY…]", help="Ids; without: all.")] = None,
    resend: Annotated[bool, typer.Option("--resend", help="Send to them again.")] = False,
    assume_sent: Annotated[bool, typer.Option("--assume-sent", help="Count them as sent.")] = False,
) -> None:
    """Decide the uncertain deliveries of an issue: they may have it, or may not."""
    from newsletter.errors import NewsletterError
    from newsletter.model.delivery import DeliveryId
    from newsletter.workflows import steering

    if resend == assume_sent:
        raise NewsletterError("Say --resend or --assume-sent, one of the two.", where="--resend")
    call: Call = ctx.obj
    room = desk(call)
    ids = [DeliveryId(one) for one in delivery] if delivery else None
    number = room.number(number_or_latest(issue))
    decided, tally = steering.resolve(room, number, "resend" if resend else "assume-sent", ids)
    counts_shown(call, decided, tally)
    if resend and tally.queued:
        call.note(f"They are queued; newsletter issue send {number} sends them, and so does a running serve.")
