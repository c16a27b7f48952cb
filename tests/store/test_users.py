"""People, their sessions, second factors and one-time links, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, NotFound, Refused
from newsletter.model.user import Role, User
from newsletter.store import Store, invitations, sessions, users

DAY = timedelta(days=1)


def who(store: Store, key: str, now: object) -> User | None:
    with store.reading() as tx:
        found = sessions.find(tx, key, now)  # type: ignore[arg-type]
    return found.user if found else None


def test_a_session_lasts_until_it_is_closed_or_over(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "argon2 hash", role=Role.ADMIN, now=now)
        for token, days in (("first", 1), ("second", 30)):
            sessions.add(tx, edda.id, token, now=now, expires=now + timedelta(days=days))
    assert who(store, "first", now) == edda
    assert who(store, "first", now + DAY) is None
    assert who(store, "second", now + DAY) == edda
    assert who(store, "third", now) is None
    with store.writing() as tx:
        sessions.close(tx, "second")
    assert who(store, "second", now) is None
    assert who(store, "first", now) == edda


def test_a_session_that_nobody_uses_ends_early(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        for key in ("used", "left"):
            sessions.add(tx, edda.id, key, now=now, expires=now + 30 * DAY)
        sessions.seen(tx, "used", now + 10 * DAY)
    assert who(store, "left", now + 15 * DAY) is None
    assert who(store, "used", now + 15 * DAY) == edda


def test_sessions_are_ended_one_by_one_or_all_but_this(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        joris = users.add(tx, "Joris", "x", role=Role.EDITOR, now=now)
        for key in ("aa", "ab", "b_", "cc"):
            sessions.add(tx, edda.id, key, now=now, expires=now + DAY)
        sessions.add(tx, joris.id, "bx", now=now, expires=now + DAY)
        assert sessions.close_one(tx, joris.id, "aa") == 0
        assert sessions.close_one(tx, edda.id, "b_") == 1
        assert sessions.close_one(tx, edda.id, "%") == 0
        assert sessions.close_all(tx, edda.id, but="cc") == 2
        assert [one.key for one in sessions.of_user(tx, edda.id, now)] == ["cc"]
        assert [one.key for one in sessions.of_user(tx, joris.id, now)] == ["bx"]


def test_a_half_session_is_used_once_and_for_a_while(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        sessions.add_half(tx, edda.id, "half", now=now, expires=now + timedelta(minutes=5))
        assert sessions.find_half(tx, "half", now) == edda.id
        assert sessions.find_half(tx, "half", now + timedelta(minutes=5)) is None
        assert sessions.close_half(tx, "half")
        assert not sessions.close_half(tx, "half")


def test_a_link_is_used_once_and_for_a_while(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        invitations.add_first(tx, "hash", now=now, expires=now + 7 * DAY)
        assert invitations.accept(tx, "hash", "Late", "x", now=now + 8 * DAY) is None
        invitations.add_first(tx, "hash", now=now, expires=now + 7 * DAY)
        assert invitations.accept(tx, "other", "Mallory", "x", now=now) is None
        edda = invitations.accept(tx, "hash", "Edda", "x", now=now)
        assert invitations.accept(tx, "hash", "Mallory", "x", now=now) is None
    with store.reading() as tx:
        assert users.count(tx) == 1
        assert users.find(tx, "Edda") == (edda, "x")
        assert users.find(tx, "Mallory") is None


def test_an_invitation_has_its_role_and_outlives_the_next_start(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        invitations.add(tx, "mine", role=Role.EDITOR, by="Edda", email="j@a.example", now=now, expires=now + DAY)
        invitations.add_first(tx, "start", now=now, expires=now + DAY)
        invitations.add_first(tx, "again", now=now, expires=now + DAY)
        assert invitations.find(tx, "start", now) is None
        assert [(one.key, one.role, one.email) for one in invitations.open_ones(tx, now)] == [
            ("mine", Role.EDITOR, "j@a.example")
        ]
        joris = invitations.accept(tx, "mine", "Joris", "x", now=now)
        assert joris is not None
        assert joris.role is Role.EDITOR
        assert invitations.withdraw(tx, "again") == 0, "the link of the first start is not withdrawn"


def test_a_link_for_a_new_password_changes_only_that(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        joris = users.add(tx, "Joris", "old", role=Role.EDITOR, now=now)
        for key in ("one", "two"):
            invitations.add(tx, key, role=Role.ADMIN, by="Edda", user=joris.id, now=now, expires=now + DAY)
        assert invitations.find(tx, "one", now) is None
        assert invitations.accept(tx, "two", "Somebody else", "new", now=now) == joris
        assert users.find(tx, "Joris") == (joris, "new")


def test_a_link_holds_as_long_as_whoever_made_it_may_make_links(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        joris = users.add(tx, "Joris", "x", role=Role.ADMIN, now=now)
        for key, by in (("mine", joris.id), ("machine", None)):
            invitations.add(tx, key, role=Role.ADMIN, by="Joris", inviter=by, now=now, expires=now + DAY)
        assert invitations.find(tx, "mine", now) is not None
        users.change_role(tx, joris.id, Role.EDITOR)  # a link that was under way meanwhile is not deleted with it
        assert invitations.find(tx, "mine", now) is None
        assert [one.key for one in invitations.open_ones(tx, now)] == ["machine"]
        assert invitations.accept(tx, "mine", "Mallory", "x", now=now) is None
        assert invitations.accept(tx, "machine", "Ada", "x", now=now) is not None
        invitations.add(tx, "old", role=Role.ADMIN, by="Joris", now=now, expires=now + DAY)
        invitations.forget_made_by(tx, joris)
        assert invitations.find(tx, "old", now) is None, "made before links knew who made them"


def test_a_name_that_is_taken_leaves_the_link_alive(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        invitations.add(tx, "hash", role=Role.EDITOR, by="Edda", now=now, expires=now + 7 * DAY)
    with pytest.raises(NewsletterError, match="already"), store.writing() as tx:
        invitations.accept(tx, "hash", "Edda", "y", now=now)
    with store.reading() as tx:
        found = invitations.find(tx, "hash", now)
    assert found is not None
    assert found.role is Role.EDITOR


def test_the_last_administrator_stays_one(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        joris = users.add(tx, "Joris", "x", role=Role.EDITOR, now=now)
    for deed in (lambda tx: users.remove(tx, edda.id), lambda tx: users.change_role(tx, edda.id, Role.PUBLISHER)):
        with pytest.raises(Refused, match="Edda is the last administrator"), store.writing() as tx:
            deed(tx)
    with store.writing() as tx:
        assert users.change_role(tx, joris.id, Role.ADMIN).role is Role.ADMIN
        users.remove(tx, edda.id)
        with pytest.raises(NotFound):
            users.named(tx, "Edda")
        assert [one.name for one in users.listing(tx)] == ["Joris"]


def test_a_code_and_a_recovery_code_open_once(store: Store, clock: Clock) -> None:
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=clock.now())
        assert not users.get(tx, edda.id).second_factor
        users.set_secret(tx, edda.id, "SECRET", ["a", "b"])
        assert users.get(tx, edda.id).second_factor
        assert [users.use_step(tx, edda.id, step) for step in (5, 5, 4, 6)] == [True, False, False, True]
        assert [users.use_recovery(tx, edda.id, code) for code in ("a", "a", "c")] == [True, False, False]
        assert users.recovery_left(tx, edda.id) == 1
        users.set_secret(tx, edda.id, None, [])
        assert (users.recovery_left(tx, edda.id), users.secret_of(tx, edda.id)) == (0, None)
