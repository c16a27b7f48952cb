"""`newsletter digest`: an issue that fills itself by a rule, daily or weekly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.call import Call
from newsletter.cli.issue_sending import desk

if TYPE_CHECKING:
    from newsletter.model.digest import Digest, DigestRun

app = typer.Typer(help="An issue that fills itself by a rule, and is sent or waits for approval.", no_args_is_help=True)

SHOWN = 5
RUNS = 10


def _document(call: Call, digest: Digest | None) -> dict[str, Any]:
    from itertools import islice
    from zoneinfo import ZoneInfo

    from newsletter.schedule.timetable import of_digest, of_publication
    from newsletter.store import digests
    from newsletter.workflows.publications import duration_text

    with call.store.reading() as tx:
        runs = [_run(one) for one in digests.runs(tx, call.publication.id, limit=RUNS)]
        if digest is None:
            return {"digest": None, "runs": runs}
        cadence = of_digest(tx, call.publication, digest) if digest.rule else of_publication(tx, call.publication)
    following = [] if cadence is None else islice(cadence.after(call.clock.now()), SHOWN)
    return {
        "digest": {
            "cadence": digest.rule or "",
            "sources": list(digest.sources),
            "sections": list(digest.sections),
            "most": digest.most,
            "least": digest.least,
            "choose": digest.choose.value,
            "max_age": duration_text(digest.max_age) if digest.max_age else None,
            "title": digest.title,
            "subject": digest.subject,
            "theme": digest.theme,
            "then": digest.then.value,
        },
        "waits": digest.waits_why,
        "next": [one.at.astimezone(ZoneInfo(cadence.zone)).isoformat() for one in following] if cadence else [],
        "runs": runs,
    }


def _run(one: DigestRun) -> dict[str, Any]:
    return {
        "local": one.local,
        "at": one.began_at.isoformat(),
        "outcome": one.outcome.value,
        "items": one.items,
        "issue": one.number,
        "why": one.why,
    }


def _text(document: dict[str, Any]) -> str:
    if document["digest"] is None:
        lines = ["There is no digest. Set one with: newsletter digest set cadence='daily 07:00' most=10 then=send"]
    else:
        lines = [f"{key:<9} {_value(value)}" for key, value in document["digest"].items()]
        lines += [f"next      {at}" for at in document["next"]]
        lines += [f"It waits: {document['waits']}"] if document["waits"] else []
    return "\n".join([*lines, *(_run_text(one) for one in document["runs"])])


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _run_text(one: dict[str, Any]) -> str:
    issue = f" issue {one['issue']}, {one['items']} items" if one["issue"] else ""
    return f"{one['local']}  {one['outcome']}{issue}{'  ' + one['why'] if one['why'] else ''}"


def _show(call: Call) -> None:
    from newsletter.store import digests

    with call.store.reading() as tx:
        digest = digests.get(tx, call.publication.id)
    document = _document(call, digest)
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
    from newsletter.schedule.cadence import read_cadence
    from newsletter.store import cadences
    from newsletter.workflows.digest_rules import change

    call: Call = ctx.obj
    room = desk(call)
    with call.store.reading() as tx:
        has_cadence = cadences.get(tx, call.publication.id) is not None
    digest = change(room, values, check_cadence=lambda rule: read_cadence(rule, call.publication.zone))
    if digest.rule is None and not has_cadence:
        call.note("It has no time yet: newsletter digest set cadence='daily 07:00', or set the publication's cadence.")
    _show(call)


@app.command()
def clear(ctx: typer.Context) -> None:
    """Make no more digests; what was made stays."""
    from newsletter.store import digests

    call: Call = ctx.obj
    with call.store.writing() as tx:
        digests.clear(tx, call.publication.id)
    _show(call)


@app.command()
def run(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would take; nothing changes.")] = False,
) -> None:
    """Make it now: collect, fill, and send or leave it to be approved. A running serve does this when it is due."""
    from secrets import token_hex

    from newsletter.errors import NewsletterError
    from newsletter.store import digests
    from newsletter.workflows.digest import look_at, run_digest

    call: Call = ctx.obj
    room = desk(call)
    with call.store.reading() as tx:
        digest = digests.get(tx, call.publication.id)
    if digest is None:
        raise NewsletterError("There is no digest yet; see: newsletter digest set --help", code="no-digest")
    if dry_run:
        filled = look_at(room, digest)
        rows = [
            {
                "id": one.id,
                "title": one.latest.title,
                "outlet": one.latest.outlet,
                "section": one.section,
                "url": one.latest.url,
            }
            for one in filled.items
        ]
        call.show(
            {"items": rows, "skipped": filled.thin},
            "\n".join(
                [*(f"{one['id']:>6}  {one['outlet'] or '':<24} {one['title']}" for one in rows), filled.thin or ""]
            ),
        )
        return
    now = call.clock.now()
    local = f"by hand {now.isoformat(timespec='seconds')} {token_hex(3)}"  # a rehearsal's clock begins anew each time
    made = run_digest(room, digest, local, now)
    if made.number is not None and digest.then == "send" and made.outcome == "made":
        from newsletter.schedule.tick import tick
        from newsletter.workflows.sending import send_on

        tick(call.store, call.settings, call.clock)
        send_on(room, made.number)
    call.show(_run(made), lambda: _run_text(_run(made)))
    if made.outcome == "failed":
        raise typer.Exit(1)
