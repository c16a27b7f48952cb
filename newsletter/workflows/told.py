"""What needs a person at this moment, in words: held, paused, late, uncertain, finished, wrong in a look ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.clock import Clock
from newsletter.model.alert import Condition
from newsletter.model.digest import DigestRun, RunOutcome
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication, PublicationId
from newsletter.settings import Settings
from newsletter.store import Store, Tx, alerts, digests, marks, publications, sources, stalls, watching
from newsletter.workflows import machine
from newsletter.workflows.allowed import allowed_today

RECENT = timedelta(days=1)
"""For how long what is over is told of still."""
LATE = timedelta(minutes=5)
"""A start later than this is told."""
STALLED = timedelta(minutes=2)
"""A mail server that is away for less is no news."""
JUST_BEGUN = timedelta(minutes=10)
"""So long after its start an issue that was sent by hand is looked at."""
Known = dict[PublicationId, Publication]
AHEAD = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


def conditions(store: Store, now: datetime) -> list[Condition]:
    """Everything that needs a person now. Figures and titles, never a reader's address."""
    with store.reading() as tx:
        known = {one.id: one for one in publications.listing(tx)}
        return [
            *_issues(tx, now, known),
            *_looks(tx, known),
            *_starts(tx, now, known),
            *_stalls(tx, now, known),
            *_digests(tx, now, known),
            *_sources(tx, now, known),
            *_clock(tx, now),
        ]


def _issues(tx: Tx, now: datetime, known: Known) -> Iterator[Condition]:
    for one in watching.stopped(tx):
        name, number = known[one.publication].name, one.number
        what, command = ("is held", "schedule") if one.state == "held" else ("was paused", "resume")
        yield Condition(
            key=f"{one.state}:{one.issue}",
            kind=one.state,
            publication=one.publication,
            issue=number,
            subject=f"{name}: issue {number} {what}",
            text=f"Issue {number} of {name}, “{one.title}”, {what}. {one.why or ''}\n\n"
            f"When it is mended: newsletter issue {command} {number}",
        )
    for one in watching.uncertain(tx, now - timedelta(days=7)):
        name, number = known[one.publication].name, one.number
        some = "1 reader is" if one.count == 1 else f"{one.count:,} readers are"
        yield Condition(
            key=f"uncertain:{one.issue}",
            kind="uncertain",
            publication=one.publication,
            issue=number,
            subject=f"{name}: {some} uncertain in issue {number}",
            text=f"{some} uncertain in issue {number} of {name}: the connection was lost when the message had been "
            "handed over, so they may have it or not. Nobody gets a second copy unless you say so.\n\n"
            f"Decide: newsletter issue resolve {number} --resend, or --assume-sent",
        )
    for one in watching.late(tx, now - RECENT, LATE):
        name, number = known[one.publication].name, one.number
        yield Condition(
            key=f"late:{one.issue}:{one.local}",
            kind="late",
            publication=one.publication,
            issue=number,
            subject=f"{name}: issue {number} started late",
            text=f"Issue {number} of {name} was due at {one.local} and began {one.late} late.",
        )
    told = {IssueId(int(key[9:])) for key in alerts.open_keys(tx) if key.startswith("finished:")}
    for one in watching.finished(tx, now - RECENT, counted=told):
        name, number = known[one.publication].name, one.number
        counts = ", ".join(f"{count:,} {state}" for state, count in sorted(one.counts.items())) or "nobody"
        yield Condition(
            key=f"finished:{one.issue}",
            kind="finished",
            publication=one.publication,
            issue=number,
            subject=f"{name}: issue {number} is out",
            text=f"Issue {number} of {name}, “{one.title}”, is out. {sum(one.counts.values()):,} readers: {counts}.",
        )


def _looks(tx: Tx, known: Known) -> Iterator[Condition]:
    for one in watching.scheduled(tx):
        for ahead, wrong in alerts.wrong_of(tx, one.schedule, one.local):
            name = known[one.publication].name
            due = one.at.astimezone(ZoneInfo(one.zone))
            yield Condition(
                key=f"look:{one.schedule}:{one.local}:{ahead}",
                kind="look",
                publication=one.publication,
                issue=one.number,
                subject=f"{name}: issue {one.number} could not go out as things are",
                text=f"Issue {one.number} of {name} is due on {due:%A} {due.day} {due:%B} at {due:%H:%M} ({one.zone}). "
                "A look ahead found:\n\n" + "\n".join(f"- {line}" for line in wrong),
            )


def _starts(tx: Tx, now: datetime, known: Known) -> Iterator[Condition]:
    for one in watching.begun(tx, now - RECENT):
        for _, wrong in alerts.wrong_of(tx, alerts.of_issue(one.issue), one.at.isoformat()):
            name = known[one.publication].name
            yield Condition(
                key=f"look:start:{one.issue}:{one.at.isoformat()}",
                kind="look",
                publication=one.publication,
                issue=one.number,
                subject=f"{name}: issue {one.number} goes out, and something is wrong",
                text=f"Issue {one.number} of {name} began to go out at {one.at:%H:%M} UTC. A look then found:\n\n"
                + "\n".join(f"- {line}" for line in wrong)
                + f"\n\nTo stop it while you mend that: newsletter issue pause {one.number}",
            )


def _stalls(tx: Tx, now: datetime, known: Known) -> Iterator[Condition]:
    for one in stalls.listing(tx, now - STALLED):
        name = known[one.publication].name
        yield Condition(
            key=f"stalled:{one.issue}:{one.since.isoformat()}",
            kind="stalled",
            publication=one.publication,
            issue=one.number,
            subject=f"{name}: issue {one.number} stands still",
            text=f"Issue {one.number} of {name}, “{one.title}”, has stood still since {one.since:%H:%M} UTC. "
            f"{one.why}\n\nIt is tried again by itself, and nobody gets it twice; if that goes on, it is paused.",
        )


def _digests(tx: Tx, now: datetime, known: Known) -> Iterator[Condition]:
    for run in digests.ended_since(tx, now - RECENT):
        if told := _of_run(run):
            name = known[run.publication].name
            yield Condition(
                key=f"digest:{run.publication}:{run.local}",
                kind="digest",
                publication=run.publication,
                issue=run.number,
                subject=f"{name}: {told}",
                text=f"The digest of {run.local} of {name}: {told}. {run.why or ''}",
            )
    for digest in digests.listing(tx):
        if digest.waits_why is not None:
            name = known[digest.publication].name
            yield Condition(
                key=f"digest-waits:{digest.publication}",
                kind="restored",
                publication=digest.publication,
                subject=f"{name}: the digest waits for you",
                text=f"{digest.waits_why}\n\nLet it run again with any: newsletter digest set KEY=VALUE",
            )


def _of_run(run: DigestRun) -> str | None:
    if run.outcome is RunOutcome.FAILED:
        return "the digest could not be made"
    if run.outcome is RunOutcome.LATE:
        return "the digest was not made, because it was too late"
    if run.outcome is RunOutcome.MADE and run.why:
        return "the digest waits for approval"
    return None


def _sources(tx: Tx, now: datetime, known: Known) -> Iterator[Condition]:
    for publication in known.values():
        for one in sources.listing(tx, publication.id):
            if one.active and one.is_dead(now):
                yield Condition(
                    key=f"source:{publication.id}:{one.id}",
                    kind="source",
                    publication=publication.id,
                    subject=f"{publication.name}: {one.name} has given nothing for a week",
                    text=f"The source “{one.name}” ({one.id}) has given nothing for a week. {one.error or ''}",
                )


def _clock(tx: Tx, now: datetime) -> Iterator[Condition]:
    jumped = marks.get(tx, "clock-jumped")
    if jumped is not None and abs(now - jumped.at) < RECENT:
        yield Condition(
            key=f"clock:{jumped.at.isoformat()}",
            kind="clock",
            subject="The clock of the newsletter's machine jumped",
            text=jumped.text,
        )


# ---------------------------------------------------------------- looking ahead


def look_ahead(store: Store, settings: Settings, clock: Clock) -> int:
    """Try, a day and an hour before a scheduled send, whether it could go out; how many looks were taken.

    What is wrong is kept, once for each look: the checks of the issue, each server, the disk, the base URL.
    """
    now = clock.now()
    with store.reading() as tx:
        ahead = [
            (one, name)
            for one in watching.scheduled(tx)
            if (name := _which(one.at - now)) and not alerts.looked(tx, one.schedule, one.local, name)
        ]
    if not ahead:
        return 0
    wrong = [
        one.detail
        for one in (*machine.servers(settings), machine.disk(settings), machine.base_url(settings, clock))
        if not one.ok
    ]
    for one, name in ahead:
        findings = [finding.message for finding in allowed_today(store, settings, one.publication, one.issue)]
        with store.writing() as tx:
            alerts.keep_look(tx, one.schedule, one.local, name, list(dict.fromkeys([*findings, *wrong])), clock.now())
    return len(ahead)


def look_at_starts(store: Store, settings: Settings, clock: Clock) -> int:
    """Look at what has just begun to go out and was not looked at an hour ahead: it was sent by hand, or very late.

    Its mail servers were asked when it began, and whoever sends finds out about them; to log in beside the sender could
    be one connection too many. How many looks were taken.
    """
    now = clock.now()
    with store.reading() as tx:
        fresh = [
            one
            for one in watching.begun(tx, now - JUST_BEGUN)
            if not alerts.looked(tx, alerts.of_issue(one.issue), one.at.isoformat(), alerts.START)
            and not (one.schedule and one.local and alerts.looked(tx, one.schedule, one.local, "hour"))
        ]
    if not fresh:
        return 0
    wrong = [one.detail for one in (machine.disk(settings), machine.base_url(settings, clock)) if not one.ok]
    for one in fresh:
        findings = [finding.message for finding in allowed_today(store, settings, one.publication, one.issue)]
        with store.writing() as tx:
            found = list(dict.fromkeys([*findings, *wrong]))
            alerts.keep_look(tx, alerts.of_issue(one.issue), one.at.isoformat(), alerts.START, found, clock.now())
    return len(fresh)


def _which(left: timedelta) -> str | None:
    if left <= timedelta(0) or left > AHEAD["day"]:
        return None
    return "hour" if left <= AHEAD["hour"] else "day"
