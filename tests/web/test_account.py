"""One's own account: password, second factor, sessions, preferences, tokens."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.sealed import is_sealed
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, users
from newsletter.web import totp
from newsletter.web.account import browser_in_words
from newsletter.web.app import Application
from newsletter.web.sealing import seal_secrets
from newsletter.web.serving import place_for
from newsletter.web.totp import STEP, code_at, is_code, kept, opened, recovery_hash

from .conftest import PASSWORD, Browser
from .people import Door

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def door(editor: Browser, sqlite_store: Store, clock: Clock) -> Door:
    return Door(editor.client.app, sqlite_store, clock)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // STEP) == code


def test_a_phone_may_be_half_a_minute_off_and_no_more(clock: Clock) -> None:
    now = clock.now()
    step = int(now.timestamp()) // STEP
    assert is_code(SECRET, code_at(SECRET, step - 1), now) == step - 1
    assert is_code(SECRET, f" {code_at(SECRET, step + 1)[:3]} {code_at(SECRET, step + 1)[3:]}", now) == step + 1
    for wrong in (code_at(SECRET, step - 2), code_at(SECRET, step + 2), "", "12345", "ünfzig", "9" * 10_000):
        assert is_code(SECRET, wrong, now) is None


def proof_of(page: str) -> dict[str, str]:
    """What the form of a fresh secret carries along."""
    return {"proof": re.findall(r'name="proof" value="([^"]+)"', page)[0]}


def turn_on(browser: Browser, clock: Clock) -> tuple[str, list[str]]:
    """Set up a second factor; its secret and recovery codes."""
    begun = browser.post("/account/second-factor", {"password": PASSWORD})
    assert "<svg" in begun.text
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', begun.text)
    assert found is not None
    code = code_at(found[1], int(clock.now().timestamp()) // STEP)
    shown = browser.post("/account/second-factor/confirm", {**proof_of(begun.text), "secret": found[1], "code": code})
    codes = re.findall(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", shown.text)
    assert len(codes) == totp.RECOVERY_CODES
    return found[1], codes


def at_the_second_door(door: Door) -> Browser:
    browser = door.browser()
    answer = browser.post("/signin", {"name": "Edda", "password": PASSWORD, "next": "/issues"})
    assert answer.headers["location"] == "/signin/code?next=%2Fissues"
    assert browser.get("/").status_code == 303, "a password alone opens nothing"
    assert browser.get("/signin/code").status_code == 200
    return browser


def test_with_a_second_factor_a_code_opens_the_desk_once(editor: Browser, door: Door, clock: Clock) -> None:
    secret, _codes = turn_on(editor, clock)
    step = int(clock.now().timestamp()) // STEP
    browser = at_the_second_door(door)
    used = browser.post("/signin/code", {"code": code_at(secret, step)})
    assert used.status_code == 403, "the code that turned it on was used"
    fresh = code_at(secret, step + 1)
    answer = browser.post("/signin/code", {"code": fresh, "next": "/issues"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/issues")
    assert browser.get("/").status_code == 200
    again = at_the_second_door(door)
    assert again.post("/signin/code", {"code": fresh}).status_code == 403


def test_a_recovery_code_opens_it_once_however_it_is_typed(editor: Browser, door: Door, clock: Clock) -> None:
    _secret, codes = turn_on(editor, clock)
    typed = codes[3].upper().replace("-", " ")
    assert at_the_second_door(door).post("/signin/code", {"code": typed}).status_code == 303
    assert at_the_second_door(door).post("/signin/code", {"code": codes[3]}).status_code == 403
    assert "9 recovery codes are left." in editor.get("/account").text


def test_a_half_session_opens_one_time(editor: Browser, door: Door, clock: Clock) -> None:
    _secret, codes = turn_on(editor, clock)
    browser = at_the_second_door(door)
    half = browser.client.cookies["half-8000"]
    browser.post("/signin/code", {"code": codes[0]})
    other = door.browser()
    other.client.cookies.set("half-8000", half)
    assert other.post("/signin/code", {"code": codes[1]}).headers["location"] == "/signin"


def test_secrets_of_before_are_sealed_when_the_workspace_is_served(sqlite_store: Store, clock: Clock) -> None:
    with sqlite_store.writing() as tx:
        people = [users.add(tx, name, "x", role=Role.EDITOR, now=clock.now()).id for name in ("Ada", "Bo", "Cai", "Di")]
        for person, secret in zip(
            people, ["PLAIN", kept(["old"], people[1], "UNDER"), kept(["new"], people[2], "NOW")], strict=False
        ):
            users.set_secret(tx, person, secret, [])
        users.use_step(tx, people[0], 7)
    assert seal_secrets(sqlite_store, []) == 0
    assert seal_secrets(sqlite_store, ["new", "old"]) == 2
    assert seal_secrets(sqlite_store, ["new", "old"]) == 0
    with sqlite_store.writing() as tx:
        found = [opened(["new"], person, users.secret_of(tx, person)) for person in people]
        assert not users.use_step(tx, people[0], 7), "a code that was used stays used"
    assert [one and (one.secret, one.stale) for one in found] == [
        ("PLAIN", False),
        ("UNDER", False),
        ("NOW", False),
        None,
    ]


def test_guessing_codes_has_to_wait_longer(editor: Browser, door: Door, clock: Clock) -> None:
    _secret, codes = turn_on(editor, clock)
    browser = at_the_second_door(door)
    for _ in range(8):
        assert browser.post("/signin/code", {"code": "000000"}).status_code in (403, 429)
    answer = browser.post("/signin/code", {"code": codes[0]})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 600


def test_a_second_factor_needs_the_password_and_a_right_code(editor: Browser, clock: Clock) -> None:
    editor.post("/account/second-factor", {"password": "wrong"})
    assert "That is not your password." in editor.get("/account").text
    begun = editor.post("/account/second-factor", {"password": PASSWORD}).text
    (secret,) = set(re.findall(r'name="secret" value="([A-Z2-7]{32})"', begun))
    wrong = editor.post("/account/second-factor/confirm", {**proof_of(begun), "secret": secret, "code": "000000"})
    assert wrong.status_code == 403
    assert secret in wrong.text, "it is asked again, for the same secret"
    turn_on(editor, clock)
    editor.post("/account/second-factor/off", {"password": "wrong"})
    assert "the desk asks for a code" in editor.get("/account").text
    editor.post("/account/second-factor/off", {"password": PASSWORD})
    assert "Set it up" in editor.get("/account").text


def test_whoever_sits_down_at_an_open_desk_sets_up_no_second_factor(editor: Browser, door: Door, clock: Clock) -> None:
    """A secret of one's own needs the password of this very session, a moment ago."""
    code = code_at(SECRET, int(clock.now().timestamp()) // STEP)
    begun = editor.post("/account/second-factor", {"password": PASSWORD}).text
    other = door.person("Joris", Role.ADMIN)
    for proof in ({}, {"proof": ""}, {"proof": f"{SECRET} 9999999999"}, {"proof": "sealed1.x"}, proof_of(begun)):
        for browser in (editor, other):
            answer = browser.post("/account/second-factor/confirm", {**proof, "secret": SECRET, "code": code})
            assert answer.status_code == 303
    with door.store.reading() as tx:
        assert not any(one.second_factor for one in users.listing(tx))


def stored_secret(store: Store) -> str:
    with store.reading() as tx:
        return users.secret_of(tx, users.named(tx, "Edda").id) or ""


def test_the_database_does_not_tell_the_secret(editor: Browser, door: Door, clock: Clock) -> None:
    secret, _codes = turn_on(editor, clock)
    assert secret not in stored_secret(door.store)


def test_a_plain_secret_of_long_ago_opens_the_desk_and_is_sealed(editor: Browser, door: Door, clock: Clock) -> None:
    secret, _codes = turn_on(editor, clock)
    with door.store.writing() as tx:
        users.keep_secret(tx, users.named(tx, "Edda").id, secret)
    browser, code = at_the_second_door(door), code_at(secret, int(clock.now().timestamp()) // STEP + 1)
    assert browser.post("/signin/code", {"code": "000000"}).status_code == 403
    assert stored_secret(door.store) == secret, "a wrong code changes nothing"
    assert browser.post("/signin/code", {"code": code}).status_code == 303
    assert is_sealed(stored_secret(door.store))
    assert at_the_second_door(door).post("/signin/code", {"code": code}).status_code == 403, "a used code stays used"


def test_another_key_in_front_keeps_the_codes_and_a_lost_one_leaves_the_recovery_codes(
    editor: Browser, door: Door, clock: Clock, settings: Settings, letter: Publication
) -> None:
    secret, codes = turn_on(editor, clock)
    step, before = int(clock.now().timestamp()) // STEP, stored_secret(door.store)

    def with_keys(*keys: str) -> Browser:
        place = place_for(door.store, replace(settings, secret_keys=keys), clock, letter, host="127.0.0.1")
        return at_the_second_door(Door(Application(place), door.store, clock))

    rotated = with_keys("a fresh key for the tests", *settings.secret_keys)
    assert rotated.post("/signin/code", {"code": code_at(secret, step + 1)}).status_code == 303
    assert stored_secret(door.store) != before, "sealed anew under the newest key"
    lost = with_keys("one that nobody had")
    refused = lost.post("/signin/code", {"code": code_at(secret, step + 1)})
    assert refused.status_code == 403
    assert "secret_key in newsletter.toml is not the one" in refused.text
    assert lost.post("/signin/code", {"code": codes[0]}).status_code == 303


def test_without_a_secret_key_no_second_factor_begins(
    editor: Browser, door: Door, clock: Clock, settings: Settings, letter: Publication
) -> None:
    place = place_for(door.store, replace(settings, secret_keys=()), clock, letter, host="127.0.0.1")
    browser = Door(Application(place), door.store, clock).browser()
    browser.post("/signin", {"name": "Edda", "password": PASSWORD})
    browser.post("/account/second-factor", {"password": PASSWORD})
    assert "needs a secret_key in newsletter.toml" in browser.get("/account").text


def test_a_reset_keeps_the_second_factor_unless_the_phone_is_lost(editor: Browser, door: Door, clock: Clock) -> None:
    turn_on(editor, clock)
    with door.store.reading() as tx:
        edda = users.named(tx, "Edda")
    from newsletter.workflows.people import People

    place = editor.client.app.place  # type: ignore[attr-defined]
    people = People(place.store, place.settings, place.clock)
    form = {"password": "ferry-house-13", "again": "ferry-house-13"}
    assert door.browser().post(f"/setup/{people.reset('Edda', by='cli')}", form).status_code == 200, "to sign in"
    assert (
        door.browser()
        .post("/signin", {"name": "Edda", "password": "ferry-house-13"})
        .headers["location"]
        .startswith("/signin/code")
    )
    people.reset("Edda", by="cli", second_factor=True)
    with door.store.reading() as tx:
        assert not users.get(tx, edda.id).second_factor


def test_another_password_ends_the_other_sessions_and_changes_the_token(editor: Browser, door: Door) -> None:
    other = door.browser()
    other.post("/signin", {"name": "Edda", "password": PASSWORD})
    stolen = editor.client.cookies["desk-8000"]
    editor.post("/account/password", {"now": "wrong", "password": "new-ferry-1", "again": "new-ferry-1"})
    assert other.get("/").status_code == 200
    editor.post("/account/password", {"now": PASSWORD, "password": "new-ferry-1", "again": "new-ferry-1"})
    assert editor.get("/").status_code == 200
    assert other.get("/").status_code == 303
    other.client.cookies.clear()
    other.client.cookies.set("desk-8000", stolen)
    assert other.get("/").status_code == 303


def test_a_session_is_ended_from_another_browser_and_only_ones_own(editor: Browser, door: Door) -> None:
    other, joris = door.browser(), door.person("Joris", Role.EDITOR)
    other.post("/signin", {"name": "Edda", "password": PASSWORD})
    (key,) = re.findall(r'name="key" value="(\w{64})"', editor.get("/account").text)
    joris.post("/account/sessions", {"key": key})
    joris.post("/account/sessions", {"key": ""})
    assert other.get("/").status_code == 200
    editor.post("/account/sessions", {"key": key})
    assert other.get("/").status_code == 303
    assert editor.get("/").status_code == 200


def test_signing_in_gives_another_token_whatever_the_browser_had(editor: Browser) -> None:
    fixed = editor.client.cookies["desk-8000"]
    editor.post("/signin", {"name": "Edda", "password": PASSWORD})
    assert editor.client.cookies["desk-8000"] != fixed
    editor.client.cookies.clear()
    editor.client.cookies.set("desk-8000", fixed)
    assert editor.get("/").status_code == 303, "the one before is dead"


def test_the_desk_speaks_the_language_that_one_chose(editor: Browser) -> None:
    german = {"accept-language": "de-AT, en;q=0.5"}
    assert '<html lang="de"' in editor.get("/account", headers=german).text
    editor.post("/account/preferences", {"language": "en", "zone": "Europe/Berlin"})
    page = editor.get("/account", headers=german).text
    assert '<html lang="en"' in page
    assert "It is 09:00 with you, and 03:00 in New York." in page
    editor.post("/account/preferences", {"language": "xx", "zone": "Moon/Base"})
    assert "does not speak that language" in editor.get("/account").text


def test_a_token_is_shown_once_and_may_do_no_more_than_its_person(editor: Browser, door: Door) -> None:
    joris = door.person("Joris", Role.EDITOR)
    shown = joris.post("/account/tokens", {"name": "archive script", "scope": "edit", "days": "30"}).text
    (token,) = re.findall(r'value="(nld_[\w-]{43})"', shown)
    page = joris.get("/account").text
    assert "archive script" in page
    assert token not in page
    joris.post("/account/tokens", {"name": "more", "scope": "publish", "days": "30"})
    assert "A token may do no more than you." in joris.get("/account").text
    (path,) = re.findall(r'action="(/account/tokens/\d+/remove)"', page)
    assert editor.post(path).status_code == 404, "not one's own"
    joris.post(path)
    assert "archive script" not in joris.get("/account").text.replace("archive script”", "")


def test_recovery_codes_are_stored_as_hashes(editor: Browser, door: Door, clock: Clock) -> None:
    _secret, codes = turn_on(editor, clock)
    assert recovery_hash(codes[0]) != codes[0]
    with door.store.writing() as tx:
        edda = users.named(tx, "Edda").id
        assert not users.use_recovery(tx, edda, codes[0])
        assert users.use_recovery(tx, edda, recovery_hash(codes[0]))


def test_a_session_lasts_no_longer_than_30_days(editor: Browser, door: Door) -> None:
    from newsletter.store import sessions

    with door.store.reading() as tx:
        (one,) = sessions.of_user(tx, users.named(tx, "Edda").id, door.clock.now())
    assert one.expires_at - one.created_at == timedelta(days=30)


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", "curl/8.0"),
        (None, ""),
    ],
)
def test_a_session_is_told_by_its_browser(agent: str | None, told: str) -> None:
    assert browser_in_words(agent) == told
