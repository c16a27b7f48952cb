"""People, their sessions and one-time links, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.user import Role
from newsletter.store import Store, users


def test_a_session_lasts_until_it_is_closed_or_over(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "argon2 hash", role=Role.ADMIN, now=now)
        for token, days in (("first", 1), ("second", 30)):
            users.open_session(tx, edda.id, token, now=now, expires=now + timedelta(days=days))
    with store.reading() as tx:
        assert users.of_session(tx, "first", now) == edda
        assert users.of_session(tx, "first", now + timedelta(days=1)) is None
        assert users.of_session(tx, "second", now + timedelta(days=1)) == edda
        assert users.of_session(tx, "third", now) is None
    with store.writing() as tx:
        users.close_session(tx, "second")
    with store.reading() as tx:
        assert users.of_session(tx, "second", now) is None
        assert users.of_session(tx, "first", now) == edda


def test_a_link_is_used_once_and_for_a_while(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        users.invite(tx, "hash", role=Role.ADMIN, now=now, expires=now + timedelta(days=7))
        assert users.accept(tx, "hash", "Late", "x", now=now + timedelta(days=8)) is None
        users.invite(tx, "hash", role=Role.ADMIN, now=now, expires=now + timedelta(days=7))
        assert users.accept(tx, "other", "Mallory", "x", now=now) is None
        edda = users.accept(tx, "hash", "Edda", "x", now=now)
        assert users.accept(tx, "hash", "Mallory", "x", now=now) is None
    with store.reading() as tx:
        assert users.count(tx) == 1
        assert users.find(tx, "Edda") == (edda, "x")
        assert users.find(tx, "Mallory") is None


def test_a_name_that_is_taken_leaves_the_link_alive(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        users.invite(tx, "hash", role=Role.EDITOR, now=now, expires=now + timedelta(days=7))
    with pytest.raises(NewsletterError, match="already"), store.writing() as tx:
        users.accept(tx, "hash", "Edda", "y", now=now)
    with store.reading() as tx:
        assert users.invited(tx, "hash", now) is Role.EDITOR
