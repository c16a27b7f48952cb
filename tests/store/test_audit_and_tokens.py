"""The log and the tokens, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.store import Store, attempts, audit, tokens, users
from newsletter.store.engine import Tx

DAY = timedelta(days=1)


def test_the_log_is_found_by_person_words_and_time(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        for number, (who, deed, detail) in enumerate(
            [("Edda", "issues.approve", None), ("Joris", "queue.triage", {"do": "skip"}), ("Edda", "people.role", None)]
        ):
            at = now + number * DAY
            audit.add(tx, at=at, who=who, via="desk", deed=deed, subject=f"/x/{number}", address=None, detail=detail)
    with store.reading() as tx:
        assert [one.deed for one in audit.listing(tx)] == ["people.role", "queue.triage", "issues.approve"]
        assert [one.deed for one in audit.listing(tx, who="Edda")] == ["people.role", "issues.approve"]
        assert [one.deed for one in audit.listing(tx, words="SKIP")] == ["queue.triage"]
        assert [one.deed for one in audit.listing(tx, words="100%")] == []
        assert [one.deed for one in audit.listing(tx, deed="people.")] == ["people.role"]
        assert [one.deed for one in audit.listing(tx, since=now + DAY, until=now + 2 * DAY)] == ["queue.triage"]
        last = audit.listing(tx, limit=1)[0]
        assert [one.deed for one in audit.listing(tx, before=last.id, limit=1)] == ["queue.triage"]
        assert audit.people(tx) == ["Edda", "Joris"]


def test_what_saves_itself_again_and_again_is_told_once(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        for minute in (0, 1, 5, 30):
            at = now + timedelta(minutes=minute)
            audit.add(tx, at=at, who="Edda", via="desk", deed="blocks.change", subject="/b/1", address="192.0.2.1")
        audit.add(tx, at=now, who="Edda", via="desk", deed="blocks.change", subject="/b/2", address="192.0.2.1")
        assert len(audit.listing(tx)) == 3


def test_a_token_lasts_until_it_is_over_or_removed(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        joris = users.add(tx, "Joris", "x", role=Role.EDITOR, now=now)
        key = tokens.add(tx, edda.id, "hash", name="script", scope=Scope.READ, now=now, expires=now + DAY)
        tokens.add(tx, joris.id, "other", name="script", scope=Scope.EDIT, now=now, expires=None)
        found = tokens.find(tx, "hash", now)
        assert found is not None
        assert (found.user, found.name, found.scope, found.used_at) == (edda, "script", Scope.READ, None)
        assert tokens.find(tx, "hash", now + DAY) is None
        tokens.used(tx, key, now)
        assert [one.used_at for one in tokens.of_user(tx, edda.id)] == [now]
        with pytest.raises(NotFound):
            tokens.remove(tx, joris.id, key)
        tokens.remove(tx, edda.id, key)
        assert tokens.find(tx, "hash", now) is None
        users.remove(tx, joris.id)
        assert tokens.find(tx, "other", now) is None


def test_a_key_of_a_request_is_taken_once(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        edda = users.add(tx, "Edda", "x", role=Role.ADMIN, now=now)
        token = tokens.add(tx, edda.id, "hash", name="script", scope=Scope.READ, now=now, expires=None)
        assert tokens.begin(tx, token, "k", "request", now=now, forget_before=now - DAY) is None
        assert tokens.begin(tx, token, "k", "request", now=now, forget_before=now - DAY) == tokens.Answer(
            "request", None, None
        )
        tokens.finish(tx, token, "k", status=201, body="{}")
        again = tokens.begin(tx, token, "k", "request", now=now, forget_before=now - DAY)
        assert again == tokens.Answer("request", 201, "{}")
        assert tokens.begin(tx, token, "k", "x", now=now + 2 * DAY, forget_before=now + DAY) is None, "a day later"


def test_failures_are_counted_by_key_and_time(store: Store, clock: Clock) -> None:
    now = clock.now()
    with store.writing() as tx:
        for minute in range(4):
            at = now + timedelta(minutes=minute)
            attempts.add(tx, ["name edda", "from 192.0.2.1"], at, forget_before=now)
        assert attempts.nth_latest(tx, "name edda", now - DAY, 4) == now
        assert attempts.nth_latest(tx, "name edda", now, 4) is None
        attempts.forget(tx, ["name edda"])
        assert attempts.nth_latest(tx, "name edda", now - DAY, 1) is None
        assert attempts.nth_latest(tx, "from 192.0.2.1", now - DAY, 1) == now + timedelta(minutes=3)


def test_who_is_called_like_a_stranger_is_none(store: Store, clock: Clock) -> None:
    line = {"at": clock.now(), "deed": "signin.refused", "subject": "locked", "address": "192.0.2.1"}
    with store.writing() as tx:
        for stranger in (True, False, True):
            audit.count(tx, who="unknown", via="desk", stranger=stranger, **line)  # type: ignore[arg-type]
    with store.reading() as tx:
        told = [one.detail for one in audit.listing(tx)]
        assert audit.is_told(tx, who="unknown", stranger=True, **line)  # type: ignore[arg-type]
        assert not audit.is_told(tx, who="Edda", **line)  # type: ignore[arg-type]
    assert told == [{"times": 1}, {"times": 2, "stranger": True}]


def test_refusals_at_once_lose_no_count_and_make_one_line(store: Store, clock: Clock) -> None:
    def refuse(_number: int) -> None:
        with store.writing() as tx:
            audit.count(
                tx, at=clock.now(), who="Edda", via="desk", deed="signin.refused", subject="password", address="::1"
            )

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(refuse, range(24)))
    with store.reading() as tx:
        assert [one.detail["times"] for one in audit.listing(tx)] == [24]


def test_what_strangers_do_is_counted_and_fills_no_disk(store: Store, clock: Clock) -> None:
    def refused(tx: Tx, minute: int, *, who: str = "Edda", why: str = "password", address: str = "192.0.2.1") -> None:
        at = clock.now() + timedelta(minutes=minute)
        audit.count(tx, at=at, who=who, via="desk", deed="signin.refused", subject=why, address=address)

    with store.writing() as tx:
        for minute in (0, 1, 2, 61):
            refused(tx, minute)
        refused(tx, 2, why="locked")
        refused(tx, 2, who="unknown")
    with store.reading() as tx:
        told = [(one.who, one.subject, one.detail["times"]) for one in audit.listing(tx)]
    assert told == [("unknown", "password", 1), ("Edda", "locked", 1), ("Edda", "password", 1), ("Edda", "password", 3)]
    with store.writing() as tx:
        for number in range(2 * audit.MOST_COUNTED):
            refused(tx, 3, who="unknown", address=f"2001:db8:{number:x}::/64")
    with store.reading() as tx:
        found = audit.listing(tx, limit=1_000)
    assert len(found) <= audit.MOST_COUNTED + 2
    assert sum(one.detail["times"] for one in found) == 6 + 2 * audit.MOST_COUNTED
    assert [one.address for one in found if one.who == audit.MANY] == [None]
