"""Who sends: one process at a time, and a role that is lost is noticed at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ledger_material import issue_on_its_way, subscribe

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.send.role import RoleLost, RoleTaken, sender_role
from newsletter.settings import Settings
from newsletter.store import Store, publications
from newsletter.store.opening import open_store
from newsletter.workflows import deliver

SettingsFor = Callable[..., Settings]


def end_the_role(url: str) -> None:
    """End the connections that hold advisory locks."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")


def test_there_is_one_sender(store: Store, clock: Clock, tmp_path: Path) -> None:
    with sender_role(store, tmp_path, clock), pytest.raises(RoleTaken), sender_role(store, tmp_path, clock):
        pass
    with sender_role(store, tmp_path, clock) as role:
        assert not role.lost.is_set()


def test_a_role_that_is_lost_is_noticed_at_once_and_free_for_the_next(
    postgres_url: str, clock: Clock, tmp_path: Path
) -> None:
    store = open_store(postgres_url)
    with sender_role(store, tmp_path, clock) as role:
        end_the_role(postgres_url)
        assert role.lost.wait(10)
        with sender_role(store, tmp_path, clock) as other:
            assert not other.lost.is_set()
    store.close()


def test_who_loses_the_role_in_the_midst_stops_and_the_next_one_goes_on(
    postgres_url: str, clock: Clock, recorder: Any, settings_for: SettingsFor, tmp_path: Path
) -> None:
    store = open_store(postgres_url)
    with store.writing() as tx:
        made: Publication = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
    emails = [f"reader-{number}@example.org" for number in range(200)]
    subscribe(store, made.id, emails, clock.now())
    issue = issue_on_its_way(store, made.id, clock.now())
    server = recorder()
    keep, cut = server.keep, threading.Event()
    held: list[Any] = []

    def cutting(message: Any) -> None:
        keep(message)
        if len(server.taken) == 20 and not cut.is_set():
            cut.set()
            end_the_role(postgres_url)
            held[0].lost.wait(10)

    server.keep = cutting
    with sender_role(store, tmp_path, clock) as role:
        held.append(role)
        with pytest.raises(RoleLost):
            deliver.deliver(store, settings_for(server.port), clock, issue, role=role)
    assert len(server.taken) < 60
    tally = deliver.send_or_follow(store, settings_for(server.port), clock, issue)
    store.close()
    assert tally.sent == tally.audience == 200
    assert Counter(server.recipients()) == Counter(emails)
    assert issubclass(RoleLost, NewsletterError)
