"""The doors: the one-time link, names and passwords, patience, and leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, users
from newsletter.web.app import build
from newsletter.web.limits import TRIES, Attempts
from newsletter.web.page import local
from newsletter.web.passwords import hashed, is_password
from newsletter.web.serving import place_for
from newsletter.web.signin import invite_first_user

PASSWORD = "ferry-house-12"


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
        assert users.invited(tx, token, clock.now()) is None
        assert users.invited(tx, hashed(token), clock.now()) is Role.ADMIN


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
    stolen = editor.client.cookies["desk"]
    editor.post("/signout")
    editor.client.cookies.set("desk", stolen)
    assert editor.get("/").status_code == 303


def test_guessing_has_to_wait_even_with_the_right_password(editor: Any) -> None:
    editor.post("/signout")
    for _ in range(TRIES):
        assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 403
    answer = editor.post("/signin", {"name": "Edda", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_patience_ends_by_itself() -> None:
    class Fast(Clock):
        times = iter(float(n) for n in range(0, 1000, 10))

        @staticmethod
        def monotonic() -> float:
            return next(Fast.times)

    attempts = Attempts(Fast(), tries=2, within=100.0)
    attempts.failed("a")
    attempts.failed("a")
    waits = [attempts.wait("a") for _ in range(12)]
    assert waits[0] > 0
    assert waits[-1] == 0
    assert attempts.wait("b") == 0


def test_asking_how_long_to_wait_is_not_remembered() -> None:
    attempts = Attempts(Clock())
    for number in range(1000):
        assert attempts.wait(f"name {number}") == 0
    assert attempts._failed == {}


def test_a_flood_of_names_is_bounded_and_frees_nobody() -> None:
    attempts = Attempts(Clock(), tries=3, remembered=50)
    for _ in range(3):
        attempts.failed("from 192.0.2.1")
    for number in range(1000):
        attempts.failed(f"name {number}")
    assert len(attempts._failed) <= 50
    assert attempts.wait("from 192.0.2.1") > 0


def test_what_is_over_goes_first() -> None:
    class Slow(Clock):
        at = 0.0

        @staticmethod
        def monotonic() -> float:
            return Slow.at

    attempts = Attempts(Slow(), tries=2, within=100.0, remembered=3)
    for _ in range(5):
        attempts.failed("long ago")
    Slow.at = 200.0
    for key in ("a", "b", "c"):
        attempts.failed(key)
    assert set(attempts._failed) == {"a", "b", "c"}


def test_who_is_refused_by_address_does_not_use_up_the_patience_of_a_name(editor: Any) -> None:
    editor.post("/signout")
    for _ in range(TRIES):
        editor.post("/signin", {"name": "Somebody", "password": "wrong-wrong"})
    attempts = editor.client.app.state.place.attempts
    for _ in range(TRIES):
        assert editor.post("/signin", {"name": "Edda", "password": "wrong-wrong"}).status_code == 429
    assert [key for key in attempts._failed if "edda" in key] == []


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
    with TestClient(build(place), base_url=asked, follow_redirects=False) as client:
        answer = client.post(f"/setup/{token}", data=form, headers={"origin": asked})
    assert answer.status_code == 303
    assert ("Secure" in answer.headers["set-cookie"]) is secure
