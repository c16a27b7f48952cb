"""The audit log as its page tells it: every deed in words, and those who did not get in."""

from __future__ import annotations

import re

import pytest

from newsletter.clock import Clock
from newsletter.model.deed import Deed
from newsletter.model.token import TOKEN_BEGINS
from newsletter.model.user import Role
from newsletter.store import Store, audit
from newsletter.web.api import app as api
from newsletter.web.app import ROOMS
from newsletter.web.deeds import deed_in_words, words
from newsletter.web.guard import SAFE
from newsletter.web.recording import QUIET, deed_of

from .conftest import PASSWORD, Browser
from .people import Door

SILENT = {"public.unsubscribe", *QUIET}
"""What no person of the desk does, or what changes nothing."""
GERMAN = {"accept-language": "de"}


@pytest.fixture
def door(editor: Browser, sqlite_store: Store, clock: Clock) -> Door:
    return Door(editor.client.app, sqlite_store, clock)


def test_every_deed_has_words() -> None:
    routes = [route for room in ROOMS for route in room.router.routes]
    routes += [route for router in api.routers() for route in router.routes]
    deeds = {
        deed_of(route.endpoint)  # type: ignore[attr-defined]
        for route in routes
        if not SAFE.issuperset(getattr(route, "methods", None) or SAFE)
    }
    assert sorted({*deeds, "readers.export"} - words().keys() - SILENT) == []


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("api.approve", "approved an issue"),
        ("api.set_fields", "changed title, subject or preheader"),
        ("api.nothing_like_it", "api.nothing_like_it"),
        ("issues.keep_out", "changed whether the archive shows an issue"),
    ],
)
def test_a_deed_of_a_program_is_told_in_words_also_as_it_was_written_before(deed: str, told: str, clock: Clock) -> None:
    one = Deed(id=1, at=clock.now(), who="Edda", via="api", deed=deed, subject="/")
    assert deed_in_words(one) == told


def test_who_did_not_get_in_is_told_and_what_was_typed_is_not(editor: Browser, door: Door) -> None:
    stranger = door.browser()
    for name, password in (("Edda", "wrong-wrong-1"), ("Edda", "wrong-wrong-2"), ("my-secret-pass", "wrong-wrong-3")):
        assert stranger.post("/signin", {"name": name, "password": password}).status_code == 403
    editor.post("/account/tokens", {"name": "script", "scope": "admin"})
    with door.store.reading() as tx:
        refused = audit.listing(tx, deed="signin.refused")
        everything = repr(audit.listing(tx))
    assert [(one.who, one.subject, one.detail) for one in refused] == [
        ("unknown", "password", {"times": 1, "stranger": True}),
        ("Edda", "password", {"times": 2}),
    ]
    assert "wrong-wrong" not in everything
    assert "my-secret-pass" not in everything
    page = editor.get("/audit").text
    assert "did not get in" in page
    assert "somebody unknown" in page
    assert "2 times within the hour" in page
    german = editor.get("/audit", headers=GERMAN).text
    assert "falsches Passwort" in german
    assert "2-mal in dieser Stunde" in german
    assert "hat ein Token erzeugt" in german


def test_a_locked_door_and_a_wrong_password_inside_are_told(editor: Browser, door: Door) -> None:
    stranger = door.browser()
    for _ in range(9):
        stranger.post("/signin", {"name": "Edda", "password": "wrong-wrong"})
    editor.post("/account/password", {"now": "wrong-wrong", "password": PASSWORD, "again": PASSWORD})
    with door.store.reading() as tx:
        told = {one.subject: one.detail["times"] for one in audit.listing(tx, deed="signin.refused")}
    assert told == {"password": 9, "locked": 1}, "guessing at the door locks nobody out of their own account"


def test_the_programs_of_an_administrator_read_it_too(editor: Browser, door: Door) -> None:
    door.browser().post("/signin", {"name": "Edda", "password": "wrong-wrong"})
    shown = editor.post("/account/tokens", {"name": "script", "scope": "admin", "days": "1"}).text
    (token,) = set(re.findall(rf"{TOKEN_BEGINS}[\w-]{{43}}", shown))
    answer = editor.get("/api/audit", headers={"authorization": f"Bearer {token}"})
    first = next(one for one in answer.json() if one["deed"] == "signin.refused")
    assert (first["who"], first["subject"], first["detail"]) == ("Edda", "password", {"times": 1})
    joris = door.person("Joris", Role.PUBLISHER)
    assert joris.get("/audit").status_code == 403
