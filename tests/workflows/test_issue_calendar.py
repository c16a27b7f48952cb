"""The calendar of one issue: pinned, hidden, ordered by hand, and kept in the next."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from newsletter.clock import Clock
from newsletter.errors import NotFound, Refused
from newsletter.events.lines import read_lines
from newsletter.model.event import Occurrence
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, events, publications
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.issue_calendar import arrange
from newsletter.workflows.publish import Desk

TODAY = date(2026, 11, 27)
LINES = """Dec 5 Walk
Dec 6 Talk
every Tuesday 6pm Choir
Nov 20 – Dec 3 Fair
June 5 Summer party
"""


@pytest.fixture
def desk(store: Store, clock: Clock, publication: Publication, tmp_path: Path) -> Desk:
    read = read_lines(LINES, today=TODAY, zone=publication.zone)
    with store.writing() as tx:
        events.keep(tx, publication.id, read.events, now=clock.now())
    new_issue(Editor(store, clock, publication, "Edda"))
    return Desk(
        store, Settings(workspace=tmp_path, secret_keys=("a long random text for the tests",)), clock, publication
    )


def shown(desk: Desk, number: int | None = None) -> list[str]:
    marks = {(True, False): "+", (False, True): "-", (False, False): ""}
    return [marks[one.pinned, one.hidden] + one.title for one in desk.material(number).occurrences]


def find(desk: Desk, title: str) -> Occurrence:
    return next(one for one in desk.material(None).occurrences if one.title == title)


def say(
    desk: Desk, title: str, *, to: int | None = None, pinned: bool | None = None, hidden: bool | None = None
) -> None:
    arrange(
        desk.store,
        desk.publication,
        None,
        find(desk, title).id,
        on=TODAY,
        to=to,
        pinned=pinned,
        hidden=hidden,
    )


def test_what_is_said_about_an_occurrence_holds_in_the_issue(desk: Desk) -> None:
    assert shown(desk) == ["Fair", "Choir", "Walk", "Talk"]
    say(desk, "Walk", hidden=True)
    say(desk, "Talk", pinned=True)
    assert shown(desk) == ["+Talk", "Fair", "Choir", "-Walk"]
    assert "Walk" not in desk.preview(None).text
    assert desk.preview(None).text.index("Talk") < desk.preview(None).text.index("Fair")
    say(desk, "Walk", hidden=False)
    say(desk, "Talk", pinned=False)
    assert shown(desk) == ["Fair", "Choir", "Walk", "Talk"]


def test_what_is_moved_by_hand_stands_at_its_place_and_stays_there(desk: Desk) -> None:
    say(desk, "Talk", to=1)
    assert shown(desk) == ["Talk", "Fair", "Choir", "Walk"]
    say(desk, "Walk", to=2)
    assert shown(desk) == ["Talk", "Walk", "Fair", "Choir"]
    say(desk, "Fair", to=99)
    assert shown(desk) == ["Talk", "Walk", "Choir", "Fair"]
    say(desk, "Talk", to=0)
    say(desk, "Fair", to=0)
    assert shown(desk) == ["Fair", "Walk", "Choir", "Talk"]


def test_a_pinned_event_may_lie_beyond_the_window(desk: Desk) -> None:
    assert "Summer party" not in shown(desk)
    with desk.store.reading() as tx:
        party = next(one for one in events.listing(tx, desk.publication.id) if one.data.title == "Summer party")
    arrange(desk.store, desk.publication, None, f"{party.id}-20270605", on=TODAY, pinned=True)
    assert shown(desk)[0] == "+Summer party"


def test_a_new_issue_keeps_what_was_said_about_what_is_still_to_come(desk: Desk, clock: Clock) -> None:
    say(desk, "Walk", hidden=True)
    say(desk, "Talk", pinned=True)
    say(desk, "Fair", to=1)
    new_issue(Editor(desk.store, clock, desk.publication, "Edda"))
    assert shown(desk) == ["Fair", "+Talk", "Choir", "-Walk"]
    say(desk, "Walk", hidden=False)
    assert shown(desk, 1)[-1] == "-Walk"


@pytest.mark.parametrize("key", ["999-20261205", "1-20200101", "x", "1-99999999", "1-20261205T2500"])
def test_an_occurrence_that_is_not_there_is_refused(desk: Desk, key: str) -> None:
    before = desk.issue(None)
    with pytest.raises(NotFound, match="no occurrence"):
        arrange(desk.store, desk.publication, None, key, on=TODAY, pinned=True)
    assert desk.issue(None) == before


def test_only_a_drafts_calendar_is_arranged(desk: Desk) -> None:
    walk = find(desk, "Walk").id
    version = desk.issue(None).version
    say(desk, "Walk", hidden=True)
    assert desk.issue(None).version == version + 1
    desk = Desk(desk.store, replace(desk.settings, base_url="http://127.0.0.1:8000"), desk.clock, desk.publication)
    desk.approve(1)
    with pytest.raises(Refused, match="only a draft"):
        arrange(desk.store, desk.publication, 1, walk, on=TODAY, hidden=False)


def test_one_event_appears_in_two_publications(desk: Desk, clock: Clock) -> None:
    with desk.store.writing() as tx:
        other = publications.add(tx, "School Letter", now=clock.now(), zone="Europe/Berlin")
        (walk, *_) = [one for one in events.listing(tx, desk.publication.id) if one.data.title == "Walk"]
        events.share(tx, desk.publication.id, walk.id, other.id)
        events.share(tx, desk.publication.id, walk.id, other.id)
        assert [one.id for one in events.listing(tx, other.id)] == [walk.id]
        events.remove(tx, desk.publication.id, walk.id, now=clock.now())
        assert [one.id for one in events.listing(tx, other.id)] == [walk.id]


def test_an_event_may_stand_in_the_words_that_were_pasted(desk: Desk) -> None:
    line = "• Dec 7, 7pm - Readings by *three* poets at [the Mill](https://mill.example/a?b=1&c=2) <script>x</script>"
    read = read_lines(line, today=TODAY, zone=desk.publication.zone)
    with desk.store.writing() as tx:
        (key,) = events.keep(tx, desk.publication.id, read.events, now=desk.clock.now()).ids
        before = events.get(tx, desk.publication.id, key)
    assert "Dec 7, 7pm - Readings" not in desk.preview(None).html
    with desk.store.writing() as tx:
        events.edit(tx, desk.publication.id, key, replace(before.data, as_worded=True), now=desk.clock.now())
    seen = desk.preview(None)
    html = re.sub(r' (?:style|class)="[^"]*"', "", seen.html)
    link = '<a href="https://mill.example/a?b=1&amp;c=2">the Mill</a>'
    assert f"Dec 7, 7pm - Readings by *three* poets at {link}" in html
    assert ("<script" in html, "• Dec 7" in html) == (False, False)
    text = " ".join(seen.text.split())
    assert "Dec 7, 7pm - Readings by *three* poets at the Mill" in text
    assert "https://mill.example/a?b=1&c=2" in text
    # pasted again it is still shown so
    with desk.store.writing() as tx:
        events.keep(tx, desk.publication.id, read.events, now=desk.clock.now())
        assert events.get(tx, desk.publication.id, key).data.as_worded
