"""A digest by itself: each day once, thin days skipped, and nothing twice, wherever it was interrupted."""

from __future__ import annotations

import email
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.digest import RunOutcome
from newsletter.model.issue import Issue, IssueState
from newsletter.model.publication import Publication
from newsletter.schedule.alarm import Alarm
from newsletter.schedule.cadence import read_cadence
from newsletter.schedule.digests import make_due
from newsletter.schedule.tick import tick
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, digests, issues
from newsletter.workflows import digest as workflow
from newsletter.workflows import sources
from newsletter.workflows.demo_servers import Mailbox, catch_mail
from newsletter.workflows.digest_rules import change
from newsletter.workflows.publish import Desk

MONDAY = datetime(2026, 11, 30, 11, 59, 59, tzinfo=UTC)
"""A second before 07:00 in New York."""
DAY = timedelta(days=1)

WORDS = {
    "The mill opens": "Two wheels turn again beside the weir, and bread is baked there on Saturdays.",
    "The ferry is late": "Low water kept the boat on the north bank until noon; the fares are given back.",
    "A bridge is planned": "Engineers showed drawings of an arch of oak and steel in the school hall.",
    "Only one thing": "A quiet day, on which nothing but this was written down.",
    "The fair is back": "Stalls, a carousel and cider return to the meadow after four years without them.",
}


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[tuple[Mailbox, Settings]]:
    """A real SMTP server, and settings that send to it."""
    with catch_mail(tmp_path / "caught") as (mailbox, port):
        yield (
            mailbox,
            Settings(
                workspace=tmp_path,
                base_url="http://127.0.0.1:8000",
                secret_keys=("a key for the tests of digests",),
                smtp=(Smtp(host="127.0.0.1", port=port, starttls="never", connections=2),),
            ),
        )


def drop(folder: Path, *titles: str) -> None:
    folder.mkdir(exist_ok=True)
    hour_ago = time.time() - 3600
    for title in titles:
        path = folder / f"{title.replace(' ', '-')}.md"
        path.write_text(f"# {title}\n\n{WORDS[title]}\n")
        os.utime(path, (hour_ago, hour_ago))


def desk_at(store: Store, settings: Settings, publication: Publication, moment: datetime) -> Desk:
    return Desk(store, settings, Clock(moment), publication)


def set_digest(desk: Desk, *pairs: str) -> None:
    change(desk, pairs, check_cadence=lambda rule: read_cadence(rule, desk.publication.zone))


def made(desk: Desk, number: int = 1) -> Issue:
    with desk.store.reading() as tx:
        return issues.get(tx, desk.publication.id, number)


def outcomes(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.reading() as tx:
        return [(one.local, one.outcome.value) for one in digests.runs(tx, desk.publication.id, limit=9)][::-1]


@pytest.fixture
def ready(store: Store, publication: Publication, caught: tuple[Mailbox, Settings], tmp_path: Path) -> Desk:
    """A daily digest of a folder, set the evening before, and two readers."""
    desk = desk_at(store, caught[1], publication, MONDAY - timedelta(hours=12))
    (tmp_path / "drop").mkdir()
    sources.add(store, desk.clock, publication, str(tmp_path / "drop"), section="Town")
    for name in ("ada", "ben"):
        readers.add(store, desk.clock, publication.id, f"{name}@example.org")
    set_digest(desk, "cadence=daily 07:00", "least=2", "then=send", "subject=Alderwick today: {teasers}")
    return desk


def until_ended(desk: Desk, local: str) -> RunOutcome:
    """What became of an occurrence and its issue, as soon as nothing of it goes on."""
    clock, waited = Clock(), Event()
    end = clock.monotonic() + 60
    while clock.monotonic() < end:
        with desk.store.reading() as tx:
            run = digests.run(tx, desk.publication.id, local)
            if run is not None and run.ended_at is not None:
                issue = issues.by_id(tx, run.issue) if run.issue is not None else None
                if issue is None or issue.state is IssueState.SENT:
                    return run.outcome
        waited.wait(0.05)
    raise AssertionError(f"the digest of {local} did not end")


def test_three_days_by_itself_with_a_thin_one_between(
    ready: Desk, caught: tuple[Mailbox, Settings], tmp_path: Path
) -> None:
    mailbox, settings = caught
    news = [("The mill opens", "The ferry is late", "A bridge is planned"), ("Only one thing",), ("The fair is back",)]
    found = []
    for number, titles in enumerate(news):
        drop(tmp_path / "drop", *titles)
        moment = MONDAY + number * DAY
        local = f"2026-{'11-30' if not number else f'12-0{number}'}T07:00"
        alarm = Alarm(ready.store, settings, Clock(moment), every=0.2)
        alarm.start()
        try:
            found.append(until_ended(ready, local))
        finally:
            alarm.stop()
    assert found == [RunOutcome.MADE, RunOutcome.SKIPPED, RunOutcome.MADE]
    assert sorted(mailbox.received) == ["ada@example.org"] * 2 + ["ben@example.org"] * 2
    told = [email.message_from_bytes(path.read_bytes()) for path in sorted((tmp_path / "caught").glob("*.eml"))]
    texts = [str(one.get_payload(0).get_payload(decode=True).decode()) for one in told]  # type: ignore[union-attr]
    assert all("mill opens" in one and "ferry is late" in one for one in texts[:2])
    # the one thing of the thin day waited for the next one, and nothing of the first is told again
    assert all("Only one thing" in one and "fair is back" in one and "mill" not in one for one in texts[2:])
    with ready.store.reading() as tx:
        thin = digests.run(tx, ready.publication.id, "2026-12-01T07:00")
    assert thin is not None
    assert thin.why == "There is only 1 new; it is made with 2 or more."
    assert str(told[0]["Subject"]).startswith("Alderwick today")


def test_an_occurrence_is_made_once(ready: Desk, tmp_path: Path) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    clock = Clock(MONDAY + timedelta(seconds=2))
    for _ in range(2):
        make_due(ready.store, ready.settings, clock, Event())
        tick(ready.store, ready.settings, clock)
    assert outcomes(ready) == [("2026-11-30T07:00", "made")]
    with ready.store.reading() as tx:
        (issue,) = issues.listing(tx, ready.publication.id)
    assert issue.state is IssueState.SENDING


@pytest.mark.parametrize("where", ["_collect", "_fill", "_hand_on"])
def test_interrupted_it_goes_on_and_makes_one_issue(
    ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    clock = Clock(MONDAY + timedelta(seconds=2))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(workflow, where, killed)
        with pytest.raises(KeyboardInterrupt):
            make_due(ready.store, ready.settings, clock, Event())
    assert outcomes(ready) == [("2026-11-30T07:00", "running")]
    make_due(ready.store, ready.settings, clock, Event())
    assert outcomes(ready) == [("2026-11-30T07:00", "made")]
    with ready.store.reading() as tx:
        assert len(issues.listing(tx, ready.publication.id)) == 1
    assert made(ready).state is IssueState.SCHEDULED


def test_late_ones_are_told_and_not_made(ready: Desk, tmp_path: Path) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    make_due(ready.store, ready.settings, Clock(MONDAY + 2 * DAY + timedelta(hours=5)), Event())
    assert [one for _, one in outcomes(ready)] == ["late", "late", "late"]
    make_due(ready.store, ready.settings, Clock(MONDAY + 3 * DAY + timedelta(minutes=5)), Event())
    assert outcomes(ready)[-1] == ("2026-12-03T07:00", "made")


def test_one_that_waits_for_approval_stays_a_draft_and_its_items_are_not_taken_again(
    ready: Desk, tmp_path: Path
) -> None:
    set_digest(ready, "then=wait", "title=The day in Alderwick", "theme=digest")
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    make_due(ready.store, ready.settings, Clock(MONDAY + timedelta(seconds=2)), Event())
    issue = made(ready)
    assert (issue.state, issue.title, issue.theme) == (IssueState.DRAFT, "The day in Alderwick", "digest")
    assert [section.name for section in issue.outline.sections] == ["", "Town"]
    make_due(ready.store, ready.settings, Clock(MONDAY + DAY + timedelta(seconds=2)), Event())
    assert outcomes(ready)[-1] == ("2026-12-01T07:00", "skipped")


def test_what_a_check_refuses_is_told_and_stays_a_draft(ready: Desk, tmp_path: Path) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    settings = Settings(workspace=tmp_path, smtp=ready.settings.smtp, secret_keys=ready.settings.secret_keys)
    make_due(ready.store, settings, Clock(MONDAY + timedelta(seconds=2)), Event())
    with ready.store.reading() as tx:
        (run,) = digests.runs(tx, ready.publication.id, limit=5)
    assert run.outcome is RunOutcome.FAILED
    assert run.why is not None
    assert "cannot go out yet" in run.why
    assert made(ready).state is IssueState.DRAFT


def test_before_a_person_agrees_it_does_not_run(ready: Desk, tmp_path: Path) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    with ready.store.writing() as tx:
        digests.hold_all(tx, "It was restored.")
    assert make_due(ready.store, ready.settings, Clock(MONDAY + timedelta(seconds=2)), Event()) == []
    later = desk_at(ready.store, ready.settings, ready.publication, MONDAY + timedelta(minutes=1))
    set_digest(later, "most=5")
    assert make_due(ready.store, ready.settings, Clock(MONDAY + timedelta(minutes=2)), Event()) == []
    assert len(make_due(ready.store, ready.settings, Clock(MONDAY + DAY + timedelta(minutes=2)), Event())) == 1


@pytest.mark.parametrize(
    "pair",
    [
        "most",
        "most=0",
        "most=x",
        "least=11",
        "choose=best",
        "then=go",
        "max_age=0",
        "max_age=soon",
        "sources=nobody",
        "colour=red",
        "cadence=sometimes",
        "theme=nowhere",
        "subject={oops}",
        "title=two\nlines",
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_changes(ready: Desk, pair: str) -> None:
    with ready.store.reading() as tx:
        before = digests.get(tx, ready.publication.id)
    with pytest.raises(NewsletterError):
        set_digest(ready, "most=7" if pair != "least=11" else "most=10", pair)
    with ready.store.reading() as tx:
        assert digests.get(tx, ready.publication.id) == before


def test_a_desk_that_ends_while_it_collects_goes_on_with_the_next_start(ready: Desk, tmp_path: Path) -> None:
    drop(tmp_path / "drop", "The mill opens", "The ferry is late")
    stop = Event()
    stop.set()
    clock = Clock(MONDAY + timedelta(seconds=2))
    with ready.store.reading() as tx:
        digest = digests.get(tx, ready.publication.id)
    assert digest is not None
    run = workflow.run_digest(replace(ready, clock=clock), digest, "2026-11-30T07:00", clock.now(), stop=stop)
    assert (run.outcome, run.issue) == (RunOutcome.RUNNING, None)
    make_due(ready.store, ready.settings, clock, Event())
    assert outcomes(ready) == [("2026-11-30T07:00", "made")]
