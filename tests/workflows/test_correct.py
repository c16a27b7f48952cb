"""Correcting what was sent: the archive shows it under a dated note, and a letter goes to exactly who has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent
from newsletter.queue.editing import Editor
from newsletter.settings import Settings, smtp_from_url
from newsletter.store import Store, corrections, deliveries, renditions, schema, subscribers
from newsletter.workflows.archive import issue_page, list_page
from newsletter.workflows.correct import correct, draft_letter, open_text
from newsletter.workflows.drafting import fill_issue, new_issue
from newsletter.workflows.publish import Desk
from newsletter.workflows.sending import send_now

NAMES = ("ada", "ben", "cleo", "dora", "emil")


@pytest.fixture
def desk(store: Store, publication: Publication, clock: Clock, tmp_path: Path) -> Desk:
    """Issue 1 was sent to five readers, with a mistake in it."""
    settings = Settings(
        workspace=tmp_path,
        base_url="https://letter.example.org",
        secret_keys=("a key for tests",),
        smtp=(smtp_from_url("file:outbox", tmp_path, "test"),),
    )
    for name in NAMES:
        readers.add(store, clock, publication.id, f"{name}@example.org")
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(1, "The library opens on Sundays.", headline="Library")
    desk = Desk(store, settings, clock, publication)
    send_now(desk, 1, approve=True)
    return replace(desk, clock=Clock(clock.now() + timedelta(days=2)))


def editor_of(desk: Desk) -> Editor:
    return Editor(desk.store, desk.clock, desk.publication, "ada")


def test_the_archive_shows_the_corrected_text_and_what_was_sent_stays(desk: Desk) -> None:
    before = desk.issue(1)
    open_text(desk, 1)
    block = desk.issue(1).outline.sections[0].blocks[0]
    editor_of(desk).edit_block(1, block.id, {"blurb": "The library opens on Saturdays."})
    assert "Saturdays" in desk.preview(1).html
    assert "Sundays" in issue_page(desk, 1)  # until it is corrected
    after = correct(desk, 1, "The library\n opens on Saturdays, not <Sundays>.")
    page = issue_page(desk, 1)
    assert "Correction, " in page
    assert "November 29, 2026: The library opens on Saturdays, not &lt;Sundays&gt;." in page
    assert "opens on Saturdays.<" in page
    assert (after.state, after.approved) == (IssueState.SENT, before.approved)
    assert after.sent_at == before.sent_at
    with desk.store.reading() as tx:
        first, second = renditions.of_issue(tx, after.id)
        assert "Sundays" in first.data.html
        assert first.data.note is None
        assert second.data.day == first.data.day
        rows = deliveries.listing(tx, after.id)
    assert {row.rendition for row in rows} == {first.id}
    assert "not <Sundays>" not in page
    assert list_page(desk, 1, "saturdays").entries


def test_without_an_opened_text_the_page_gets_the_note_alone(desk: Desk) -> None:
    correct(desk, 1, "The hours were wrong.")
    correct(desk, 1, "The street was wrong, too.")
    with desk.store.reading() as tx:
        first, _, last = renditions.of_issue(tx, desk.issue(1).id)
        notes = [one.note for one in corrections.listing(tx, desk.issue(1).id)]
    assert last.data.checksum == first.data.checksum
    assert notes[0] in notes[1]
    assert notes[1].endswith("The street was wrong, too.")


def test_the_text_of_a_sent_issue_is_closed_until_it_is_opened_and_again_after_the_correction(desk: Desk) -> None:
    block = desk.issue(1).outline.sections[0].blocks[0]
    with pytest.raises(Refused, match="issue correct 1 --open"):
        editor_of(desk).edit_block(1, block.id, {"headline": "Other"})
    open_text(desk, 1)
    with pytest.raises(Refused):
        editor_of(desk).edit_block(None, block.id, {"headline": "Other"})  # “latest” is a slip of the hand
    with pytest.raises(Refused):
        fill_issue(editor_of(desk), 1)
    editor_of(desk).edit_block(1, block.id, {"headline": "Other"})
    correct(desk, 1, "The headline was wrong.")
    with pytest.raises(Refused):
        editor_of(desk).edit_block(1, block.id, {"headline": "Another"})


def test_a_letter_goes_to_exactly_those_who_have_the_first(desk: Desk) -> None:
    store, publication = desk.store, desk.publication.id
    rows = {}
    with store.writing() as tx:
        first = desk.issue(1).id
        rows = {row.email.partition("@")[0]: row for row in deliveries.listing(tx, first)}
        for name, state in (("ben", "uncertain"), ("cleo", "failed")):
            tx.execute(update(schema.delivery).where(schema.delivery.c.id == rows[name].id).values(state=state))
        subscribers.set_consent(
            tx, publication, rows["dora"].subscriber, Consent.UNSUBSCRIBED, how="page", now=desk.clock.now()
        )
    readers.add(store, desk.clock, publication, "late@example.org")
    correct(desk, 1, "The library opens on Saturdays.")
    letter = draft_letter(desk, 1, "The library opens on Saturdays.")
    assert (letter.state, letter.corrects, letter.in_archive) == (IssueState.DRAFT, first, False)
    assert desk.readers(letter.number) == 2
    sent, tally = send_now(desk, letter.number, approve=True)
    assert (sent.state, tally.audience, tally.sent) == (IssueState.SENT, 2, 2)
    with store.reading() as tx:
        assert {row.email for row in deliveries.listing(tx, letter.id)} == {"ada@example.org", "emil@example.org"}
        data = renditions.of_issue(tx, letter.id)[0].data
    assert data.subject.startswith("Correction: ")
    assert "https://letter.example.org/archive/1" in data.html
    assert "https://letter.example.org/archive/1" in data.text


def test_the_next_issue_takes_its_layout_from_the_last_edition_and_not_from_a_letter(desk: Desk) -> None:
    editor_of(desk).set_fields(new_issue(editor_of(desk)).number, {"title": "The second"})
    editor_of(desk).add_section(2, "Town")
    draft_letter(desk, 1, "The library opens on Saturdays.")
    made = new_issue(editor_of(desk))
    assert [section.name for section in made.outline.sections] == ["", "Town"]


@pytest.mark.parametrize("note", ["", " \n ", "x" * 2_001, "a\x00b"])
def test_a_note_that_cannot_be_one_is_refused_and_nothing_changes(desk: Desk, note: str) -> None:
    before = desk.issue(1)
    with pytest.raises(NewsletterError):
        correct(desk, 1, note)
    with pytest.raises(NewsletterError):
        draft_letter(desk, 1, note)
    assert desk.issue(None) == before


def test_only_what_was_sent_is_corrected(desk: Desk) -> None:
    new_issue(editor_of(desk))
    for step in (
        lambda: open_text(desk, 2),
        lambda: correct(desk, 2, "Wrong."),
        lambda: draft_letter(desk, 2, "Wrong."),
    ):
        with pytest.raises(Refused):
            step()
