"""`newsletter issue`: checks, renditions, the schedule and the ledger of an issue."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.call import Call

if TYPE_CHECKING:
    from newsletter.model.delivery import Tally
    from newsletter.model.issue import Issue
    from newsletter.workflows.publish import Desk

ISSUE = typer.Argument(metavar="ISSUE", help="A number, or latest.")
NUMBER = typer.Argument(metavar="ISSUE", help="A number: what cannot be taken back takes no latest.")
SEGMENT = typer.Option("--segment", metavar="S", help="Only to this segment.")
APPROVE = typer.Option("--approve", help="Approve a draft first.")


def desk(call: Call) -> Desk:
    """The publication of a call, with what its workflows need."""
    return call.desk


def register(app: typer.Typer) -> None:
    """Add these commands to `newsletter issue`."""
    for command in (check, render, test, approve, reopen, schedule, unschedule, send, status, deliveries):
        app.command()(command)


def number_or_latest(issue: str) -> int | None:
    """A number, or none for the latest."""
    from newsletter.cli.issue import number_of

    return number_of(issue)


def exact(issue: str) -> int:
    """A number, where the latest would be too easily said."""
    from newsletter.errors import NewsletterError

    number = number_or_latest(issue)
    if number is None:
        raise NewsletterError("This cannot be taken back: write the issue's number, not “latest”.", where="ISSUE")
    return number


def _show(call: Call, issue: Issue) -> None:
    from newsletter.cli.issue import show_issue

    show_issue(call, issue)


def counts_shown(call: Call, issue: Issue, tally: Tally) -> None:
    """Answer with the counts of an issue's ledger."""
    from newsletter.cli.issue_json import counts, counts_text

    call.show(counts(issue, tally), lambda: counts_text(issue, tally))


def sent_shown(call: Call, room: Desk, number: int, run: Callable[[], tuple[Issue, Tally]]) -> None:
    """Answer with the counts after a run. Exit code 1 where a delivery needs a person, or the run paused by itself.

    Raises SendStopped where it stopped before anything was begun.
    """
    from newsletter.model.issue import IssueState
    from newsletter.send.stopped import SendStopped

    stopped = False
    try:
        issue, tally = run()
    except SendStopped as cause:
        issue, tally = room.status(number)
        if issue.state is not IssueState.PAUSED:
            raise
        stopped = True
        call.note(f"newsletter: {cause.message}")
    counts_shown(call, issue, tally)
    if stopped or tally.failed or tally.uncertain:
        raise typer.Exit(1)


def check(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    links: Annotated[bool, typer.Option("--links", help="Ask the servers of its links and pictures.")] = False,
    spam: Annotated[bool, typer.Option("--spam", help="Ask SpamAssassin, offline, where it is installed.")] = False,
    waive: Annotated[
        list[str] | None, typer.Option("--waive", metavar="CODE[:BLOCK]", help="Let this warning pass.")
    ] = None,
    unwaive: Annotated[
        list[str] | None, typer.Option("--unwaive", metavar="CODE[:BLOCK]", help="Warn of it again.")
    ] = None,
) -> None:
    """Say what must or should be mended before the issue goes out."""
    from newsletter.workflows.shapes import checks_json
    from newsletter.workflows.waiving import check_waiving

    call: Call = ctx.obj
    findings = check_waiving(
        desk(call),
        number_or_latest(issue),
        waive_these=waive or (),
        unwaive_these=unwaive or (),
        links=links,
        spam=spam,
        who=call.who,
    )
    told = checks_json(findings)
    lines = (
        f"{'waived' if finding.waived else finding.level.value:<8} {finding.code:<20} {finding.message}"
        for finding in findings
    )
    call.show(told, "\n".join(lines) or "Nothing to mend.")
    if not told["ok"]:
        raise typer.Exit(1)


def render(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the files go.")],
    reader: Annotated[str | None, typer.Option("--for", metavar="EMAIL", help="As this subscriber gets it.")] = None,
) -> None:
    """Write issue.html, issue.txt and issue.eml."""
    from pathlib import Path

    from newsletter.workflows.rendering import write_files

    call: Call = ctx.obj
    files = write_files(desk(call), number_or_latest(issue), Path(out).absolute(), reader=reader)
    call.show(
        {"html": str(files.html), "text": str(files.text), "eml": str(files.eml), "bytes": files.size},
        f"{files.html}\n{files.text}\n{files.eml}\n{files.size:,} bytes of HTML.",
    )


def test(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    to: Annotated[list[str], typer.Option("--to", metavar="EMAIL…", help="Who gets the test.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[EMAIL…]", help="Further addresses.")] = None,
) -> None:
    """Send a marked test; the ledger is not touched."""
    from newsletter.workflows.rendering import send_test

    call: Call = ctx.obj
    sent, failed = send_test(desk(call), number_or_latest(issue), [*to, *(more or [])])
    call.show(
        {"sent": sent, "failed": failed},
        "\n".join(
            [*(f"sent to {one}" for one in sent), *(f"failed: {one['email']}: {one['reason']}" for one in failed)]
        ),
    )
    if failed:
        raise typer.Exit(1)


def approve(ctx: typer.Context, issue: Annotated[str, NUMBER]) -> None:
    """Check a draft and freeze what readers will receive."""
    call: Call = ctx.obj
    _show(call, desk(call).approve(exact(issue)))


def reopen(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Back to a draft; its schedule is withdrawn."""
    call: Call = ctx.obj
    room = desk(call)
    _show(call, room.reopen(room.number(number_or_latest(issue))))


def schedule(
    ctx: typer.Context,
    issue: Annotated[str, NUMBER],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="2026-12-04T09:00, with offset or zone name; else by the cadence."),
    ] = None,
    segment: Annotated[str | None, SEGMENT] = None,
    approve_first: Annotated[bool, APPROVE] = False,
) -> None:
    """Plan when an approved issue goes out."""
    from dataclasses import replace

    from newsletter.model.when import read_when

    call: Call = ctx.obj
    if at is None:
        from newsletter.schedule.planning import next_free

        planned = next_free(desk(call))
    else:
        planned = read_when(at, call.publication.zone)
    _show(call, desk(call).schedule(exact(issue), replace(planned, segment=segment), approve=approve_first))


def unschedule(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Withdraw the schedule; the issue stays approved."""
    call: Call = ctx.obj
    room = desk(call)
    _show(call, room.unschedule(room.number(number_or_latest(issue))))


def send(
    ctx: typer.Context,
    issue: Annotated[str, NUMBER],
    segment: Annotated[str | None, SEGMENT] = None,
    approve_first: Annotated[bool, APPROVE] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needed without a terminal.")] = False,
    canary: Annotated[int, typer.Option(min=0, metavar="N", help="So many readers first, then a look.")] = 0,
    canary_wait: Annotated[float, typer.Option(min=0, metavar="MINUTES", help="How long until that look.")] = 10,
) -> None:
    """Send now, with progress. Run again it continues, and repeats nobody."""
    from datetime import timedelta

    from newsletter.cli.progress import sending_bar
    from newsletter.workflows.sending import send_on

    call: Call = ctx.obj
    room = desk(call)
    number = exact(issue)
    if not yes:
        _ask(call, room, number)
    wait = timedelta(minutes=canary_wait)
    room.start(number, approve=approve_first, segment=segment, canary=canary, canary_wait=wait)

    def run() -> tuple[Issue, Tally]:
        with sending_bar(call, room, number) as progress:
            return send_on(room, number, progress=progress)

    sent_shown(call, room, number, run)


def _ask(call: Call, room: Desk, number: int) -> None:
    """One question before mail leaves; without a terminal there is nobody to answer it."""
    from newsletter.errors import NewsletterError

    issue, tally = room.status(number)
    if issue.state == "sent":
        return
    if not sys.stdin.isatty() or call.json:
        raise NewsletterError("Sending asks first: add --yes where nobody can answer.", where="--yes")
    readers = tally.audience or room.readers(number)
    if not typer.confirm(f"Send issue {number} of {call.publication.name} to {readers} readers now?", err=True):
        raise typer.Abort


def status(ctx: typer.Context, issue: Annotated[str, ISSUE]) -> None:
    """Count the ledger; of an issue on its way also how fast it goes, and when it will be done."""
    from newsletter.cli.issue_json import counts, counts_text, pace_text
    from newsletter.workflows.under_way import under_way

    call: Call = ctx.obj
    room = desk(call)
    found, tally = room.status(number_or_latest(issue))
    pace = under_way(room, found, tally)
    call.show(
        counts(found, tally, pace),
        lambda: counts_text(found, tally) + pace_text(pace.rate, pace.done_at, call.clock.now()),
    )


def deliveries(
    ctx: typer.Context,
    issue: Annotated[str, ISSUE],
    state: Annotated[str | None, typer.Option(help="queued, sent, deferred, failed, uncertain, …")] = None,
    after: Annotated[int, typer.Option(help="Only those after this delivery's id.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100_000,
) -> None:
    """List the ledger: one row for each reader."""
    from newsletter.errors import NewsletterError
    from newsletter.model.delivery import DeliveryState
    from newsletter.store import deliveries as ledger
    from newsletter.store import issues
    from newsletter.workflows.shapes import delivery_json

    call: Call = ctx.obj
    if state is not None and state not in list(DeliveryState):
        raise NewsletterError(f"There is no state “{state}”; there are: {', '.join(DeliveryState)}.", where="--state")
    with call.store.reading() as tx:
        wanted = issues.get(tx, call.publication.id, number_or_latest(issue))
        rows = ledger.listing(tx, wanted.id, DeliveryState(state) if state else None, after=after, limit=limit)
    call.show(
        [delivery_json(row) for row in rows],
        "\n".join(f"{row.id:>8}  {row.state.value:<10} {row.email}  {row.reply or row.why or ''}" for row in rows)
        or "The ledger of this issue is empty.",
    )
