"""What monitors ask: ready or not, and figures without a name in them. And the buttons while an issue goes out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.secret import hashed
from newsletter.model.token import Scope
from newsletter.settings import Settings
from newsletter.store import Store, issues, tokens, users
from newsletter.web.app import Application
from newsletter.web.serving import place_for
from newsletter.workflows.publish import Desk


def from_here(store: Store, settings: Settings, clock: Clock, letter: Publication, client: str = "127.0.0.1") -> Any:
    app = Application(place_for(store, settings, clock, letter, host="127.0.0.1"))
    return TestClient(app, base_url="http://127.0.0.1:8000", client=(client, 50_000))


def test_it_is_ready_and_says_what_is_missing(
    sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    answer = from_here(sqlite_store, settings, clock, letter).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "wrong": []})
    answer = from_here(sqlite_store, replace(settings, smtp=()), clock, letter).get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["no mail server is set"])


def test_an_overdue_issue_is_not_ready(
    editor: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    editor.post("/issues/1/schedule", {"at": "2026-12-04T09:00"})
    later = Clock(clock.now() + timedelta(days=8))
    answer = from_here(sqlite_store, settings, later, letter).get("/readyz")
    assert answer.json()["wrong"] == ["a scheduled issue is overdue"]


def test_figures_hold_counts_and_no_names(
    editor: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    editor.post("/issues")
    text = from_here(sqlite_store, settings, clock, letter).get("/metrics").text
    assert 'newsletter_issues{state="draft"} 1' in text
    assert "newsletter_overdue_seconds 0" in text
    assert "@" not in text
    assert "Alderwick" not in text
    for line in text.splitlines():  # Prometheus' text format, 0.0.4
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\\]*",?)+\})? -?[0-9.e+]+', line), line
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert names >= {
        "newsletter_alerts",
        "newsletter_alerts_untold",
        "newsletter_deliveries",
        "newsletter_disk_free_bytes",
        "newsletter_items_new",
        "newsletter_sources",
        "newsletter_subscriptions",
    }


def test_a_scheduler_that_does_not_look_is_not_ready(
    sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    place = place_for(sqlite_store, settings, clock, letter, host="127.0.0.1")
    stuck = TestClient(Application(replace(place, since_tick=lambda: 500.0)), base_url="http://127.0.0.1:8000")
    assert stuck.get("/readyz").json()["wrong"] == ["the scheduler does not run"]


def test_figures_are_for_this_machine(
    sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    assert from_here(sqlite_store, settings, clock, letter, "198.51.100.7").get("/metrics").status_code == 401
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        proxied = {header: "198.51.100.7"}
        assert from_here(sqlite_store, settings, clock, letter).get("/metrics", headers=proxied).status_code == 401


def test_figures_are_elsewhere_for_a_token_of_any_scope(
    editor: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    with sqlite_store.writing() as tx:
        (person,) = users.listing(tx)
        over = clock.now() + timedelta(hours=1)
        tokens.add(tx, person.id, hashed("nld_right"), name="p", scope=Scope.READ, now=clock.now(), expires=over)
    away = from_here(sqlite_store, settings, clock, letter, "198.51.100.7")

    def asked(shown: str) -> Any:
        return away.get("/metrics", headers={"authorization": shown})

    assert "newsletter_subscriptions" in asked("Bearer nld_right").text
    for wrong in ("Bearer nld_wrong", "Bearer", "Basic bmxk", ""):
        answer = asked(wrong)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "newsletter_" not in answer.text


def test_health_tells_no_figures(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> None:
    away = from_here(sqlite_store, settings, clock, letter, "198.51.100.7")
    assert away.get("/healthz").json() == {"ok": True}
    assert set(away.get("/readyz").json()) == {"ok", "wrong"}


@pytest.fixture
def going(editor: Any, sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> Any:
    readers.add(sqlite_store, clock, letter.id, "ana@example.org")
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    Desk(sqlite_store, settings, clock, letter).start(1, approve=True)
    return editor


def test_an_issue_on_its_way_is_paused_resumed_and_cancelled_by_buttons(
    going: Any, sqlite_store: Store, letter: Publication
) -> None:
    def state() -> IssueState:
        with sqlite_store.reading() as tx:
            return issues.get(tx, letter.id, 1).state

    assert 'action="/issues/1/pause"' in going.get("/issues/1").text
    going.post("/issues/1/pause")
    assert state() is IssueState.PAUSED
    assert 'action="/issues/1/resume"' in going.get("/issues/1").text
    going.post("/issues/1/resume")
    assert state() is IssueState.SENDING
    going.post("/issues/1/cancel")
    assert state() is IssueState.SENDING  # the box was not ticked
    going.post("/issues/1/cancel", {"sure": "yes"})
    assert state() is IssueState.CANCELLED
    for wrong in ({"decision": "resend"}, {"decision": "what"}, {}):
        assert going.post("/issues/1/resolve", wrong).status_code == 303
