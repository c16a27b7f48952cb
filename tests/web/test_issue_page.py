"""The page of an issue: checks, a test, the schedule, and the question before mail leaves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.splice import MessageIds
from newsletter.schedule.tick import tick
from newsletter.settings import Settings
from newsletter.store import Store, audience, deliveries, issues, publications


@pytest.fixture
def page(editor: Any, sqlite_store: Store, clock: Clock, letter: Publication) -> Any:
    """An editor with a draft that two readers would get."""
    for email in ("ana@example.org", "bo@example.com"):
        readers.add(sqlite_store, clock, letter.id, email)
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    return editor


def state(store: Store, letter: Publication) -> IssueState:
    with store.reading() as tx:
        return issues.get(tx, letter.id, 1).state


def told(page: Any, answer: Any) -> str:
    assert answer.status_code == 303
    text: str = page.get(answer.headers["location"].split("#")[0]).text
    return text


def test_it_says_who_would_get_it(page: Any) -> None:
    assert "would go to <strong>2 readers</strong>" in page.get("/issues/1").text


def test_an_error_holds_the_buttons_and_says_which(page: Any, sqlite_store: Store, letter: Publication) -> None:
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"address": ""})
    text = page.get("/issues/1").text
    assert "postal address" in text
    assert "disabled" in text
    assert "postal address" in told(page, page.post("/issues/1/approve"))
    assert state(sqlite_store, letter) is IssueState.DRAFT


def test_a_warning_is_let_pass_and_taken_back(page: Any) -> None:
    page.post("/issues/1/blocks", {"text": "Help us [here](https://x.example/help)."})
    code = re.search(r'value="(generic-link-text:\d+)"', page.get("/issues/1").text)
    assert code is not None
    assert "Warn of it again" in told(page, page.post("/issues/1/waive", {"finding": code[1]}))
    assert f'value="{code[1]}">Let it pass' in told(page, page.post("/issues/1/waive?undo=1", {"finding": code[1]}))
    assert "No check found" in told(page, page.post("/issues/1/waive", {"finding": "nothing"}))


def test_the_mail_is_seen_as_one_subscriber_gets_it(page: Any, sqlite_store: Store, clock: Clock) -> None:
    page.post("/issues/1/blocks", {"text": "Dear {{ email | default('you') }}"})
    assert "Dear you" in page.get("/issues/1/preview.html").text
    assert "Dear ana@example.org" in page.get("/issues/1/preview.html?reader=ANA@example.org").text
    assert "Dear bo@example.com" in page.get("/issues/1/preview.txt?reader=bo@example.com").text
    assert page.get("/issues/1/preview.html?reader=nobody@example.org").status_code == 404
    assert page.get("/issues/1/preview.html?reader=nobody").status_code == 400


def test_scheduling_is_in_the_newsletters_zone_and_can_be_withdrawn(
    page: Any, sqlite_store: Store, letter: Publication
) -> None:
    text = told(page, page.post("/issues/1/schedule", {"at": "2026-12-04T09:00"}))
    assert "Friday 4 December 2026 at 09:00" in text
    assert "New York time" in text
    with sqlite_store.reading() as tx:
        planned = issues.get(tx, letter.id, 1).planned
    assert planned is not None
    assert planned.at.isoformat() == "2026-12-04T14:00:00+00:00"
    told(page, page.post("/issues/1/unschedule"))
    assert state(sqlite_store, letter) is IssueState.APPROVED
    told(page, page.post("/issues/1/reopen"))
    assert state(sqlite_store, letter) is IssueState.DRAFT


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", "Choose a day"),
        ("2020-01-01T09:00", "in the past"),
        ("tomorrow", "is not a time"),
        ("2031-01-01T09:00", "more than 2 years ahead"),
        ("9999-12-31T23:59", "out of reach"),
        ("0001-01-01T00:00", "out of reach"),
        ("9" * 5000, "is not a time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    page: Any, sqlite_store: Store, letter: Publication, at: str, words: str
) -> None:
    assert words in told(page, page.post("/issues/1/schedule", {"at": at}))
    assert state(sqlite_store, letter) is IssueState.DRAFT


def test_a_late_start_is_told_in_the_publications_words(page: Any, sqlite_store: Store, letter: Publication) -> None:
    assert "Started up to 2 hours late it goes out at once" in page.get("/issues/1").text
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"send_late_within": timedelta(minutes=90)})
    assert "up to 90 minutes late" in page.get("/issues/1").text
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"send_late_within": timedelta()})
    assert "Started late it waits for you" in page.get("/issues/1").text


def test_a_check_speaks_of_no_command(page: Any) -> None:
    page.post("/issues/1/blocks", {"text": "Help us [here](https://x.example/help)."})
    text = page.get("/issues/1").text
    assert "The preheader, the line after the subject in the list of mails, is empty." in text
    assert not re.search(r"newsletter (issue|publication|events) ", text)


def test_a_test_goes_to_whom_it_is_told_and_to_no_ledger(
    page: Any, settings: Settings, sqlite_store: Store, letter: Publication
) -> None:
    assert "A test went to colleague@example.org" in told(
        page, page.post("/issues/1/test", {"to": "colleague@example.org"})
    )
    assert len(list((settings.workspace / "outbox").glob("*.eml"))) == 1
    assert "not an address" in told(page, page.post("/issues/1/test", {"to": "nobody"}))
    assert state(sqlite_store, letter) is IssueState.DRAFT


def test_sending_asks_in_words_and_begins_in_ten_seconds(page: Any, sqlite_store: Store, letter: Publication) -> None:
    question = page.get("/issues/1/send")
    assert "to <strong>2 readers</strong> now?" in question.text
    assert "in 10 seconds" in question.text
    assert state(sqlite_store, letter) is IssueState.DRAFT
    text = told(page, page.post("/issues/1/send"))
    assert "It goes out in 10 seconds." in text
    assert "Take it back" in text
    assert 'http-equiv="refresh"' in text
    assert state(sqlite_store, letter) is IssueState.SCHEDULED
    assert page.get("/issues/1/send").headers["location"] == "/issues/1"
    told(page, page.post("/issues/1/send"))  # a second click
    assert "nobody got it" in told(page, page.post("/issues/1/take-back"))
    assert state(sqlite_store, letter) is IssueState.DRAFT


@pytest.mark.parametrize("state", ["cancelled", "sent", "paused"])
def test_what_cannot_go_out_is_not_said_to(page: Any, sqlite_store: Store, letter: Publication, state: str) -> None:
    with sqlite_store.writing() as tx:
        issues.change(tx, issues.get(tx, letter.id, 1).id, {"state": state})
    text = told(page, page.post("/issues/1/send"))
    assert "It goes out in" not in text
    assert "cannot be sent" in text


def test_what_is_not_taken_back_is_shown_as_it_goes_out(
    page: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    told(page, page.post("/issues/1/send", {"first": "1", "minutes": "5"}))
    later = Clock(clock.now() + timedelta(seconds=11))
    assert len(tick(sqlite_store, settings, later)) == 1
    assert "its readers are being listed" in page.get("/issues/1").text
    assert "cannot be taken back" in told(page, page.post("/issues/1/take-back"))
    with sqlite_store.writing() as tx:
        issue = issues.get(tx, letter.id, 1)
        while not audience.freeze(tx, issue.id, limit=10, now=later.now()):
            pass
    text = page.get("/issues/1").text
    assert "<strong>0</strong> of 2 readers are settled" in text
    assert "The first 1 get it now" in text
    assert "Where all 2 are" in text
    assert "It is paused." in told(page, page.post("/issues/1/pause"))
    told(page, page.post("/issues/1/resume"))
    assert "Tick the box" in told(page, page.post("/issues/1/cancel"))
    assert "Issue 1 is cancelled." in told(page, page.post("/issues/1/cancel", {"sure": "yes"}))


@pytest.mark.parametrize("wrong", [{"first": "x"}, {"first": "5", "minutes": "99999"}, {"first": "-1"}])
def test_a_first_few_that_cannot_be_are_refused(
    page: Any, sqlite_store: Store, letter: Publication, wrong: dict[str, str]
) -> None:
    told(page, page.post("/issues/1/send", wrong))
    assert state(sqlite_store, letter) is IssueState.DRAFT


def test_each_uncertain_reader_is_decided_with_two_equal_buttons(
    page: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    told(page, page.post("/issues/1/send"))
    later = Clock(clock.now() + timedelta(seconds=11))
    (key,) = tick(sqlite_store, settings, later)
    with sqlite_store.writing() as tx:
        while not audience.freeze(tx, key, limit=10, now=later.now()):
            pass
        ids = deliveries.due_ids(tx, key, limit=2, now=later.now())
        names = MessageIds(before="<", after="@letter.example.org>")
        deliveries.claim(tx, key, ids, owner="a sender that died", names=names, now=later.now())
        deliveries.doubt(tx, "a sender that died", now=later.now())
    text = page.get("/issues/1").text
    assert "2 readers are uncertain: please decide" in text
    assert text.count('name="decision" value="resend"') == text.count('name="decision" value="assume-sent"') == 3
    assert 'class="main" name="decision"' not in text
    told(page, page.post("/issues/1/resolve", {"delivery": str(ids[0]), "decision": "assume-sent"}))
    text = page.get("/issues/1").text
    assert "1 reader is uncertain: please decide" in text
    assert "Sent, by the minute" in text
    assert text.count('class="bar now"') == 1
    ledger = page.get("/issues/1/deliveries?state=uncertain").text
    assert ledger.count("@example.") == 1
    assert page.get("/issues/1/deliveries?state=nonsense").status_code == 404


def test_what_was_held_says_why(page: Any, sqlite_store: Store, letter: Publication) -> None:
    page.post("/issues/1/schedule", {"at": "2026-12-04T09:00"})
    with sqlite_store.writing() as tx:
        issue = issues.get(tx, letter.id, 1)
        issues.move(tx, issue.id, [IssueState.SCHEDULED], IssueState.HELD, {"held_why": "It was due long ago."})
    text = page.get("/issues/1").text
    assert "It was due long ago." in text
    assert "Open it again" in text


def test_the_other_rooms_answer(page: Any, settings: Settings) -> None:
    told(page, page.post("/calendar", {"lines": "December 6 Street fair"}))
    assert "Street fair" in page.get("/calendar").text
    mixed = page.post("/calendar", {"lines": "December 7 Choir\nno date at all here"})
    assert mixed.status_code == 422
    assert "no date at all here" in mixed.text
    assert "Choir" in mixed.text
    drop = settings.workspace / "drop"
    drop.mkdir()
    assert "Added" in told(page, page.post("/sources", {"address": str(drop)}))
    assert "is a source already" in told(page, page.post("/sources", {"address": str(drop)}))
    assert "ana@example.org" in page.get("/readers").text
    assert "bo@example.com" not in page.get("/readers?q=ana").text
