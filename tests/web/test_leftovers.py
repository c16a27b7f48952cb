"""What a killed desk left behind is gone when it starts again."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import text

from newsletter.clock import Clock
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, tokens, users
from newsletter.web.leftovers import sweep


def test_halves_of_backups_are_swept_and_what_another_makes_now_stays(
    sqlite_store: Store, settings: Settings, clock: Clock
) -> None:
    now, workspace = clock.now().timestamp(), settings.workspace
    ages = {
        ".served-backup-a": 0,
        ".backup-fresh": 600,
        ".backup-old": 90_000,
        "my-backup-old": 90_000,
        ".other": 90_000,
    }
    for name, age in ages.items():
        (workspace / name).mkdir()
        (workspace / name / "newsletter.db").write_text("half of it")
        os.utime(workspace / name, (now - age, now - age))
    (workspace / ".backup-file").write_text("no folder")
    sweep(sqlite_store, workspace, clock)
    left = {one.name for one in workspace.iterdir()}
    assert {".backup-fresh", "my-backup-old", ".other", ".backup-file"} <= left
    assert not {".served-backup-a", ".backup-old"} & left


def test_lists_that_nobody_imported_are_swept(sqlite_store: Store, settings: Settings, clock: Clock) -> None:
    now, lists = clock.now().timestamp(), settings.workspace / "lists"
    for name, age in {"1-old": 90_000, "1-fresh": 600}.items():
        (lists / name).mkdir(parents=True)
        (lists / name / "list.csv").write_text("email\nana@example.org\n")
        os.utime(lists / name, (now - age, now - age))
    sweep(sqlite_store, settings.workspace, clock)
    assert [one.name for one in lists.iterdir()] == ["1-fresh"]


def test_answers_with_a_link_or_for_nobody_are_swept(store: Store, settings: Settings, clock: Clock) -> None:
    now = clock.now()
    answers = {
        "link": ('{"link": "http://x/setup/abc"}', 0),
        "old": ("{}", 2),
        "fresh": ("{}", 0),
        "told once": (None, 0),
    }
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        token = tokens.add(tx, edda.id, "hash", name="script", scope=Scope.READ, now=now, expires=None)
        for key, (body, days) in answers.items():
            at = now - timedelta(days=days)
            tokens.begin(tx, token, key, "request", now=at, forget_before=now - timedelta(days=9))
            tokens.finish(tx, token, key, status=201, body=body)
    sweep(store, settings.workspace, clock)
    with store.reading() as tx:
        assert set(tx.execute(text("SELECT key FROM api_answer")).scalars()) == {"fresh", "told once"}
