"""The doors: the one-time link, names and passwords, patience, and leaving."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.secret import hashed
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, invitations, users
from newsletter.store import attempts as attempts_table
from newsletter.store.schema import failed_attempt
from newsletter.store.schema import user as user_table
from newsletter.web import passwords
from newsletter.web.app import Application
from newsletter.web.limits import TRIES, WITHIN, Attempts, Limit, counted
from newsletter.web.page import local
from newsletter.web.passwords import is_password, password_hash
from newsletter.web.serving import place_for
from newsletter.web.setup import invite_first_user

PASSWORD = "ferry-house-12"
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_the_link_of_the_first_start_works_once(visitor: Any, sqlite_store: Store, clock: Clock) -> None:
    token = invite_first_user(sqlite_store, clock.now())
    assert visitor.get(f"/setup/{token}").status_code == 200
    form = {"name": "Edda", "password": PASSWORD, "again": PASSWORD}
    answer = visitor.post(f"/setup/{token}", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get(f"/setup/{token}").status_code == 404
    assert visitor.post(f"/setup/{token}", {**form, "name": "Mallory"}).status_code == 404
    with sqlite_store.reading() as tx:
        assert users.count(tx) == 1
    assert invite_first_user(sqlite_store, clock.now()) is None


def test_a_later_start_kills_the_link_before(visitor: Any, sqlite_store: Store, clock: Clock) -> None:
    first, second = (invite_first_user(sqlite_store, clock.now()) for _ in range(2))
    assert visitor.get(f"/setup/{first}").status_code == 404
    assert visitor.get(f"/setup/{second}").status_code == 200


def test_the_database_holds_no_token_and_no_password(sqlite_store: Store, clock: Clock) -> None:
    token = invite_first_user(sqlite_store, clock.now())
    assert token is not None
    with sqlite_store.reading() as tx:
        assert invitations.find(tx, token, clock.now()) is None
        found = invitations.find(tx, hashed(token), clock.now())
    assert found is not None
    assert found.role is Role.ADMIN


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "Edda", "password": "short", "again": "short"}, "at least 8 characters"),
        ({"name": "Edda", "password": PASSWORD, "again": "ferry-house-13"}, "not the same"),
        ({"name": " ", "password": PASSWORD, "again": PASSWORD}, "1 to 100 characters"),
    ],
)
def test_a_refused_setup_says_why_and_keeps_the_link(
    visitor: Any, sqlite_store: Store, clock: Clock, form: dict[str, str], said: str
) -> None:
    token = invite_first_user(sqlite_store, clock.now())
    answer = visitor.post(f"/setup/{token}", form)
    assert answer.status_code == 400
    assert said in answer.text
    assert visitor.get(f"/setup/{token}").status_code == 200


def test_signing_out_and_in_again(editor: Any) -> None:
    assert editor.get("/").status_code == 200
    assert editor.post("/signout").headers["location"] == "/signin"
    assert editor.get("/readers").headers["location"] == "/signin?next=%2Freaders"
    wrong = editor.post("/signin", {"name": "Edda", "password": "not-this-one"})
    assert wrong.status_code == 403
    nobody = editor.post("/signin", {"name": "Nobody", "password": PASSWORD})
    assert wrong.text.replace("Edda", "") == nobody.text.replace("Nobody", "")  # names cannot be told
    right = editor.post("/signin", {"name": "Edda", "password": PASSWORD, "next": "/readers"})
    assert (right.status_code, right.headers["location"]) == (303, "/readers")
    assert editor.get("/").status_code == 200


def test_a_session_that_was_signed_out_is_dead_everywhere(editor: Any) -> None:
    stolen = editor.client.cookies["desk-8000"]
    editor.post("/signout")
    editor.client.cookies.set("desk-8000", stolen)
    assert editor.get("/").status_code == 303


def test_guessing_has_to_wait_even_with_the_right_password(editor: Any) -> None:
    editor.post("/signout")
    for _ in range(TRIES):
        assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 403
    answer = editor.post("/signin", {"name": "Edda", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_patience_ends_by_itself(store: Store) -> None:
    attempts = Attempts(store, Clock(NOW))
    attempts.failed(*["a"] * TRIES)
    assert 595 < attempts.wait("a") <= 600
    assert attempts.wait("a", times=2) == 0
    assert attempts.wait("b") == 0
    later = Attempts(store, Clock(NOW + WITHIN + timedelta(minutes=1)))
    assert later.wait("a") == 0
    assert later.wait("a", within=2 * WITHIN) > 0


def test_a_restart_forgives_nobody_and_the_right_password_does(sqlite_store: Store, clock: Clock) -> None:
    Attempts(sqlite_store, clock).failed(*["a"] * TRIES)
    attempts = Attempts(sqlite_store, clock)
    assert attempts.wait("a") > 0
    attempts.forget("a")
    assert attempts.wait("a") == 0


def test_tries_at_once_cannot_all_pass_before_the_first_is_counted(store: Store, clock: Clock) -> None:
    attempts = Attempts(store, clock)
    with ThreadPoolExecutor(12) as crowd:
        taken = list(crowd.map(lambda _: attempts.take(Limit("a"), Limit("b", times=9)), range(3 * TRIES)))
    passed = [one for one in taken if not one.wait]
    assert len(passed) == TRIES
    attempts.forgive(passed[0])
    assert attempts.take(Limit("a")).wait == 0, "one that was right takes no place"
    assert attempts.take(Limit("a")).wait > 0


def test_a_crowd_at_once_gets_no_more_tries_than_one_after_another(editor: Any) -> None:
    editor.post("/signout")
    form = {"name": "Edda", "password": "wrong-wrong"}
    with ThreadPoolExecutor(12) as crowd:
        said = list(crowd.map(lambda _: editor.post("/signin", form).status_code, range(2 * TRIES)))
    assert said.count(403) <= TRIES
    assert set(said) == {403, 429}


def test_more_than_a_few_who_wait_for_a_turn_are_asked_to_come_again(
    editor: Any, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(1))
    with passwords._turn():
        answer = editor.post("/account/password", {"now": PASSWORD, "password": PASSWORD, "again": PASSWORD})
        assert answer.status_code == 303
        editor.post("/signout")
        answer = editor.post("/signin", {"name": "Edda", "password": PASSWORD})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
        assert "try again in some seconds" in answer.text
    with sqlite_store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(failed_attempt)).scalar() == 0, "nothing was tried"
    assert editor.post("/signin", {"name": "Edda", "password": PASSWORD}).status_code == 303


def test_who_is_locked_out_makes_one_write_and_no_more(editor: Any, sqlite_store: Store) -> None:
    editor.post("/signout")
    writes: list[str] = []
    form = {"name": "Somebody", "password": "wrong-wrong"}
    for _ in range(TRIES + 1):
        editor.post("/signin", form)

    def wrote(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            writes.append(statement)

    event.listen(sqlite_store.engine, "before_cursor_execute", wrote)
    for _ in range(5):
        assert editor.post("/signin", form).status_code == 429
    event.remove(sqlite_store.engine, "before_cursor_execute", wrote)
    assert writes == []


def test_a_good_sign_in_forgives_its_own_person_and_not_the_address(editor: Any, sqlite_store: Store) -> None:
    with sqlite_store.writing() as tx:
        users.add(tx, "Mallory", password_hash(PASSWORD), role=Role.READER, now=NOW)
    editor.post("/signout")
    for _ in range(TRIES - 1):
        assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 403
    assert editor.post("/signin", {"name": "Mallory", "password": PASSWORD}).status_code == 303
    editor.post("/signout")
    assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 403
    assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 429


@pytest.mark.parametrize("name", ["EDDA", "edda", "Ｅｄｄａ", "Edda"])
def test_a_name_that_looks_the_same_is_taken(visitor: Any, sqlite_store: Store, name: str) -> None:
    with sqlite_store.writing() as tx:
        users.add(tx, "Edda", "x", role=Role.ADMIN, now=NOW)
        invitations.add(tx, hashed("t" * 43), role=Role.READER, by="Edda", now=NOW, expires=NOW + timedelta(days=1))
    answer = visitor.post(f"/setup/{'t' * 43}", {"name": name, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 400
    assert "already" in answer.text


def test_two_of_long_ago_whose_names_look_the_same_are_counted_each(editor: Any, sqlite_store: Store) -> None:
    with sqlite_store.writing() as tx:
        other = users.add(tx, "Other", password_hash(PASSWORD), role=Role.READER, now=NOW)
        tx.execute(update(user_table).where(user_table.c.id == other.id).values(name="EDDA"))
    attempts = editor.client.app.place.attempts
    attempts.failed(*["user 1"] * (10 * TRIES))
    editor.post("/signout")
    assert editor.post("/signin", {"name": "EDDA", "password": PASSWORD}).status_code == 303
    editor.post("/signout")
    assert editor.post("/signin", {"name": "Edda", "password": PASSWORD}).status_code == 429, "still"


def test_what_is_long_over_is_not_kept(sqlite_store: Store) -> None:
    Attempts(sqlite_store, Clock(NOW)).failed(*[f"name {number}" for number in range(100)])
    Attempts(sqlite_store, Clock(NOW + timedelta(hours=2))).failed("name")
    with sqlite_store.reading() as tx:
        assert attempts_table.nth_latest(tx, "name 3", NOW - timedelta(days=1), 1) is None


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "from 192.0.2.7"),
        ("::ffff:192.0.2.7", "from 192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "from 2001:db8:1:2::/64"),
        ("testclient", "from testclient"),
    ],
)
def test_addresses_count_by_whom_they_belong_to(address: str, key: str) -> None:
    assert counted(address) == key


def test_who_is_refused_by_address_does_not_use_up_the_patience_of_a_name(editor: Any) -> None:
    editor.post("/signout")
    for _ in range(TRIES):
        editor.post("/signin", {"name": "Somebody", "password": "wrong-wrong"})
    for _ in range(TRIES):
        assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 429
    attempts = editor.client.app.place.attempts
    with attempts.store.reading() as tx:
        assert attempts_table.nth_latest(tx, "user 1", NOW - timedelta(days=1), 1) is None


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/issues/3", "/issues/3"),
        ("/?q=a#b-1", "/?q=a#b-1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_after_signing_in_one_stays_here(asked: str | None, answer: str) -> None:
    assert local(asked) == answer


def test_passwords_are_kept_as_argon2id_at_its_recommended_cost() -> None:
    from argon2 import PasswordHasher, extract_parameters, profiles

    stored = PasswordHasher().hash(PASSWORD)
    assert extract_parameters(stored) == profiles.RFC_9106_LOW_MEMORY
    assert is_password(stored, PASSWORD)
    assert not is_password(stored, PASSWORD + "x")
    assert not is_password(None, PASSWORD)
    assert not is_password("not a hash", PASSWORD)


@pytest.mark.parametrize(
    ("base_url", "asked", "secure"),
    [
        ("https://news.example.org", "http://news.example.org", True),  # a proxy ends the TLS before us
        ("https://news.example.org", "http://127.0.0.1:8000", False),  # at the machine itself
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", False),
        ("", "https://127.0.0.1:8000", True),
    ],
)
def test_the_cookie_is_secure_where_the_way_is(
    sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication, base_url: str, asked: str, secure: bool
) -> None:
    place = place_for(sqlite_store, replace(settings, base_url=base_url), clock, letter, host="127.0.0.1")
    token = invite_first_user(sqlite_store, clock.now())
    form = {"name": "Edda", "password": PASSWORD, "again": PASSWORD}
    with TestClient(Application(place), base_url=asked, follow_redirects=False) as client:
        answer = client.post(f"/setup/{token}", data=form, headers={"origin": asked})
    assert answer.status_code == 303
    assert ("Secure" in answer.headers["set-cookie"]) is secure
