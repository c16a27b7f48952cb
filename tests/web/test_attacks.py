"""Our own doors, attacked: what a page, a link, a header or patience could open."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, audit, users
from newsletter.web import passwords
from newsletter.web.app import Application
from newsletter.web.limits import TRIES
from newsletter.web.serving import place_for
from newsletter.web.setup import invite_first_user

from .conftest import ORIGIN, PASSWORD, Browser
from .people import Door, link_in


@pytest.fixture
def door(editor: Browser, sqlite_store: Store, clock: Clock) -> Door:
    return Door(editor.client.app, sqlite_store, clock)


EVERY_FORM = [
    "/people/invite",
    "/people/1/role",
    "/people/1/remove",
    "/people/1/reset",
    "/account/password",
    "/account/second-factor/off",
    "/account/tokens",
    "/account/sessions",
    "/publication",
    "/publication/work-on",
    "/setup/x",
    "/signin/code",
]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "http://127.0.0.1:8001", "sec-fetch-site": ""},
        {"origin": "http://127.0.0.1.evil.example:8000", "sec-fetch-site": ""},
        {"origin": "", "sec-fetch-site": ""},
        {"origin": "", "sec-fetch-site": "none"},
        {"origin": "", "sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_page_does_nothing(editor: Browser, headers: dict[str, str]) -> None:
    for path in EVERY_FORM:
        assert editor.post(path, {"role": "admin", "sure": "yes"}, headers=headers).status_code == 403, path


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_a_body_that_another_page_may_send_unasked_opens_nothing(editor: Browser, door: Door, kind: str) -> None:
    """A form with `enctype=text/plain` and a fetch without a preflight carry the cookie, and the wrong Origin."""
    body = "role=admin&sure=yes&name=Mallory&scope=admin"
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "content-type": kind}
    for path in EVERY_FORM:
        assert editor.client.post(path, content=body, headers=evil).status_code == 403, path
    # From a page of ours it is no form that can be read: nothing is done with it, and nothing breaks.
    ours = {"origin": ORIGIN, "sec-fetch-site": "same-origin", "content-type": kind}
    joris = door.person("Joris", Role.READER)
    for path in EVERY_FORM:
        assert joris.client.post(path, content=body, headers=ours).status_code < 500, path
    with door.store.reading() as tx:
        assert [one.role for one in users.listing(tx)] == [Role.ADMIN, Role.READER]


def test_an_invitation_opens_no_door_when_it_is_over(
    editor: Browser, door: Door, clock: Clock, settings: Settings, letter: Publication
) -> None:
    path = link_in(editor.post("/people/invite", {"role": "admin", "days": "1"}).text)
    for hours, status in ((23, 200), (25, 404)):
        later = Clock(clock.now() + timedelta(hours=hours))
        place = place_for(door.store, settings, later, letter, host="127.0.0.1")
        assert Door(Application(place), door.store, later).browser().get(path).status_code == status
    form = {"name": "Mallory", "password": PASSWORD, "again": PASSWORD}
    assert Door(Application(place), door.store, later).browser().post(path, form).status_code == 404


def test_of_two_who_open_a_link_at_once_one_comes_in(editor: Browser, door: Door) -> None:
    path = link_in(editor.post("/people/invite", {"role": "editor"}).text)

    def come(name: str) -> int:
        form = {"name": name, "password": PASSWORD, "again": PASSWORD}
        return int(door.browser().post(path, form).status_code)

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(come, ["Ada", "Ben", "Cem", "Dora"]))
    assert answers == [303, 404, 404, 404]


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/%0d%0aset-cookie:x=1\r\n",
        "javascript:x",
    ],
)
def test_signing_in_leads_nowhere_else(editor: Browser, wanted: str) -> None:
    editor.post("/signout")
    answer = editor.post("/signin", {"name": "Edda", "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == "/"
    signed_in = editor.get("/signin", params={"next": wanted})
    assert signed_in.headers["location"] == "/"


def test_a_session_that_somebody_else_fixed_is_never_ones_own(
    visitor: Browser, sqlite_store: Store, clock: Clock
) -> None:
    fixed = "A" * 43
    visitor.client.cookies.set("desk-8000", fixed)
    token = invite_first_user(sqlite_store, clock.now())
    answer = visitor.post(f"/setup/{token}", {"name": "Edda", "password": PASSWORD, "again": PASSWORD})
    assert fixed not in answer.headers["set-cookie"]
    attacker = Browser(TestClient(visitor.client.app, base_url=ORIGIN, follow_redirects=False))
    attacker.client.cookies.set("desk-8000", fixed)
    assert attacker.get("/").status_code == 303


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip", "true-client-ip"])
def test_patience_is_not_renewed_by_a_header(editor: Browser, header: str) -> None:
    editor.post("/signout")
    for number in range(TRIES):
        told = {header: f"192.0.2.{number}"}
        assert editor.post("/signin", {"name": f"N{number}", "password": "wrong"}, headers=told).status_code == 403
    told = {header: "192.0.2.99"}
    assert editor.post("/signin", {"name": "Edda", "password": PASSWORD}, headers=told).status_code == 429


def test_guessing_one_name_from_many_addresses_has_to_wait(editor: Browser, sqlite_store: Store, clock: Clock) -> None:
    place = editor.client.app.place  # type: ignore[attr-defined]
    app = editor.client.app
    for number in range(TRIES * 10):
        place.attempts.failed(f"from 192.0.2.{number}", "name edda")
    fresh = Browser(TestClient(app, base_url=ORIGIN, follow_redirects=False, client=("198.51.100.7", 1)))
    assert fresh.post("/signin", {"name": "Edda", "password": PASSWORD}).status_code == 429
    assert fresh.post("/signin", {"name": "EDDA ", "password": PASSWORD}).status_code == 429


def test_an_unknown_name_costs_the_same_work(editor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    editor.post("/signout")
    verified: list[str] = []
    real = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return real.verify(stored, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for name in ("Edda", "Nobody"):
        editor.post("/signin", {"name": name, "password": "wrong-wrong"})
    assert len(verified) == 2
    assert verified[0].rsplit("$", 2)[0] == verified[1].rsplit("$", 2)[0], "the same cost"


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.PUBLISHER])
def test_nobody_gives_themselves_more(editor: Browser, door: Door, role: Role) -> None:
    person, stranger = door.person("Mallory", role), door.browser()
    for path in (
        "/people/invite",
        "/people/1/role",
        "/people/2/role",
        "/people/1/remove",
        "/people/1/reset",
        "/publication",
    ):
        assert person.post(path, {"role": "admin", "sure": "yes", "name": "Mine"}).status_code == 403, path
        assert stranger.post(path, {"role": "admin"}).status_code == 401, path


def test_no_token_is_in_the_log_or_the_history(editor: Browser, door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        link = link_in(editor.post("/people/invite", {"role": "editor"}).text)
        joris = door.browser()
        answer = joris.get(link)
        joris.post(link, {"name": "Joris", "password": PASSWORD, "again": PASSWORD})
    secret = link.rpartition("/")[2]
    with door.store.reading() as tx:
        assert secret not in repr(audit.listing(tx))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("newsletter")]
    assert secret not in "\n".join(ours)
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "http" not in answer.text.split("<body", 1)[1].replace("http-equiv", ""), "it leads to no other site"


def test_by_https_no_other_host_can_set_the_cookie(
    sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication
) -> None:
    place = place_for(
        sqlite_store, replace(settings, base_url="https://news.example.org"), clock, letter, host="127.0.0.1"
    )
    token = invite_first_user(sqlite_store, clock.now())
    form = {"name": "Edda", "password": PASSWORD, "again": PASSWORD}
    headers = {"origin": "https://news.example.org"}
    with TestClient(Application(place), base_url="https://news.example.org", follow_redirects=False) as client:
        answer = client.post(f"/setup/{token}", data=form, headers=headers)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-desk=")
        assert "Path=/" in cookie
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert client.get("/").status_code == 200
        value = client.cookies["__Host-desk"]
        client.cookies.clear()
        client.cookies.set("desk", value)
        assert client.get("/").status_code == 303, "a cookie of that plain name is nobody's"


@pytest.mark.parametrize("text", ["\x00", "a" * 100_000, "‮x", "'; DROP TABLE desk_user; --", "%00", "\ud7ff"])
def test_odd_texts_break_no_door(editor: Browser, text: Any) -> None:
    form = dict.fromkeys(("name", "code", "password", "email"), text)
    for path in ("/signin", "/signin/code", "/people/invite", "/account/password", "/account/tokens"):
        assert editor.post(path, form).status_code < 500, path
