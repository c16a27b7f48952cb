"""Invitations, roles, new passwords, leaving, and the log of all that."""

from __future__ import annotations

import email
import email.policy
import re

import pytest

from newsletter.clock import Clock
from newsletter.model.user import Role, UserId
from newsletter.store import Store, audit, tokens, users

from .conftest import PASSWORD, Browser
from .people import Door, link_in


@pytest.fixture
def door(editor: Browser, sqlite_store: Store, clock: Clock) -> Door:
    return Door(editor.client.app, sqlite_store, clock)


def number(store: Store, name: str) -> int:
    with store.reading() as tx:
        return users.named(tx, name).id


def test_somebody_is_invited_and_comes_in_once_as_what_they_were_invited(editor: Browser, door: Door) -> None:
    answer = editor.post("/people/invite", {"role": "publisher", "email": "joris@alderwick.example", "days": "3"})
    assert answer.status_code == 200
    link = link_in(answer.text)
    assert link not in editor.get("/people").text, "it is shown once"
    assert "joris@alderwick.example" in editor.get("/people").text
    joris = door.browser()
    assert "Edda invites you" in joris.get(link).text
    form = {"name": "Joris", "password": PASSWORD, "again": PASSWORD}
    assert joris.post(link, form).status_code == 303
    assert joris.get("/people").status_code == 403
    assert joris.get("/issues").status_code == 200
    assert door.browser().post(link, {**form, "name": "Mallory"}).status_code == 404
    with door.store.reading() as tx:
        assert users.named(tx, "Joris").role is Role.PUBLISHER


def test_an_invitation_is_withdrawn(editor: Browser, door: Door) -> None:
    link = link_in(editor.post("/people/invite", {"role": "reader"}).text)
    key = re.findall(r'name="key" value="(\w{64})"', editor.get("/people").text)[0]
    editor.post("/people/invitations", {"key": key})
    assert door.browser().get(link).status_code == 404


@pytest.mark.parametrize(("deed", "form"), [("remove", {"sure": "yes"}), ("role", {"role": "publisher"})])
def test_the_links_of_a_former_administrator_open_nothing(
    editor: Browser, door: Door, deed: str, form: dict[str, str]
) -> None:
    joris = door.person("Joris", Role.ADMIN)
    door.person("Ada", Role.ADMIN)
    links = [link_in(joris.post("/people/invite", {"role": "admin"}).text)]
    links.append(link_in(joris.post(f"/people/{number(door.store, 'Ada')}/reset").text))
    editor.post(f"/people/{number(door.store, 'Joris')}/{deed}", form)
    for link in links:
        assert door.browser().get(link).status_code == 404
        again = {"name": "Mallory", "password": PASSWORD, "again": PASSWORD}
        assert door.browser().post(link, again).status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"role": "owner"}, "There is no role “owner”; there are: reader, editor, publisher, admin."),
        ({"role": "editor", "days": "0"}, "A link lasts 1 to 90 days."),
        ({"role": "editor", "days": "many"}, "A link lasts 1 to 90 days."),
    ],
)
def test_a_wrong_invitation_says_why(editor: Browser, form: dict[str, str], said: str) -> None:
    editor.post("/people/invite", form)
    page = editor.get("/people").text
    assert said in page
    assert "/setup/" not in page


def test_another_role_ends_the_sessions_of_before(editor: Browser, door: Door) -> None:
    joris = door.person("Joris", Role.ADMIN)
    assert joris.get("/people").status_code == 200
    editor.post(f"/people/{number(door.store, 'Joris')}/role", {"role": "reader"})
    assert joris.get("/people").status_code == 303
    joris.post("/signin", {"name": "Joris", "password": PASSWORD})
    assert joris.get("/people").status_code == 403


def test_who_gives_up_their_own_rights_stays_signed_in_with_another_token(editor: Browser, door: Door) -> None:
    door.person("Joris", Role.ADMIN)
    before = editor.client.cookies["desk-8000"]
    editor.post(f"/people/{number(door.store, 'Edda')}/role", {"role": "editor"})
    assert editor.client.cookies["desk-8000"] != before
    assert editor.get("/people").status_code == 403
    assert editor.get("/").status_code == 200


@pytest.mark.parametrize(("deed", "form"), [("remove", {"sure": "yes"}), ("role", {"role": "publisher"})])
def test_the_last_administrator_stays(editor: Browser, door: Door, deed: str, form: dict[str, str]) -> None:
    editor.post(f"/people/{number(door.store, 'Edda')}/{deed}", form)
    assert "Edda is the last administrator; make somebody else one first." in editor.get("/people").text


def test_who_is_removed_is_out_and_their_deeds_stay(editor: Browser, door: Door) -> None:
    joris = door.person("Joris", Role.PUBLISHER)
    joris.post("/issues", {"title": "June"})
    path = f"/people/{number(door.store, 'Joris')}/remove"
    editor.post(path)
    assert "Tick the box first" in editor.get("/people").text
    assert joris.get("/readers").status_code == 200
    editor.post(path, {"sure": "yes"})
    assert joris.get("/").status_code == 303
    assert joris.post("/signin", {"name": "Joris", "password": PASSWORD}).status_code == 403
    log = editor.get("/audit?who=Joris").text
    assert "/issues" in log


def test_a_link_for_a_new_password_signs_out_and_leaves_the_role(editor: Browser, door: Door) -> None:
    joris = door.person("Joris", Role.EDITOR)
    link = link_in(editor.post(f"/people/{number(door.store, 'Joris')}/reset").text)
    fresh = door.browser()
    assert "Choose a new password, Joris." in fresh.get(link).text
    form = {"name": "Edda", "password": "another-ferry-9", "again": "another-ferry-9"}
    assert fresh.post(link, form).status_code == 303
    assert joris.get("/").status_code == 303
    assert fresh.get("/people").status_code == 403
    assert door.browser().post("/signin", {"name": "Joris", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("way", ["reset", "signout"])
def test_what_ends_the_sessions_of_somebody_ends_their_tokens(editor: Browser, door: Door, way: str) -> None:
    joris = door.person("Joris", Role.EDITOR)
    for name in ("script", "other"):
        joris.post("/account/tokens", {"name": name, "scope": "edit", "days": "9"})
    joris_id = number(door.store, "Joris")
    assert "2 tokens" in editor.get("/people").text
    answer = editor.post(f"/people/{joris_id}/{way}")
    if way == "reset":
        form = {"password": "another-ferry-9", "again": "another-ferry-9"}
        assert door.browser().post(link_in(answer.text), form).status_code == 303
    with door.store.reading() as tx:
        assert tokens.of_user(tx, UserId(joris_id)) == []
    assert "2 tokens" not in editor.get("/people").text.replace("2 tokens are dead", "")


def test_after_a_new_password_of_ones_own_the_page_tells_that_tokens_stay(editor: Browser) -> None:
    editor.post("/account/tokens", {"name": "script", "scope": "edit", "days": "9"})
    editor.post("/account/password", {"now": PASSWORD, "password": "new-ferry-house", "again": "new-ferry-house"})
    told = "1 token of yours stays as it is."
    assert told in editor.get("/account").text
    assert told not in editor.get("/account").text


@pytest.mark.parametrize("name", ["Joris", "JORIS"])
def test_nobody_inherits_the_name_of_somebody_who_left(editor: Browser, door: Door, name: str) -> None:
    door.person("Joris", Role.EDITOR)
    editor.post(f"/people/{number(door.store, 'Joris')}/remove", {"sure": "yes"})
    link = link_in(editor.post("/people/invite", {"role": "editor"}).text)
    form = {"name": name, "password": PASSWORD, "again": PASSWORD}
    answer = door.browser().post(link, form)
    assert (answer.status_code, "was at this desk before" in answer.text) == (400, True)
    assert door.browser().post(link, {**form, "name": "Joris the second"}).status_code == 303


@pytest.mark.parametrize("path", ["/people", "/audit", "/publication"])
def test_only_administrators_see_people_log_and_settings(editor: Browser, door: Door, path: str) -> None:
    assert editor.get(path).status_code == 200
    publisher = door.person("Joris", Role.PUBLISHER)
    assert publisher.get(path).status_code == 403
    assert f'href="{path}"' not in publisher.get("/account").text


def test_the_log_tells_who_did_what_from_where_and_no_text_or_password(editor: Browser, door: Door) -> None:
    editor.post("/issues", {"title": "Secret plans of the ferry"})
    editor.post("/people/invite", {"role": "editor", "email": "joris@alderwick.example"})
    editor.post("/account/password", {"now": PASSWORD, "password": "new-ferry-house", "again": "new-ferry-house"})
    with door.store.reading() as tx:
        deeds = audit.listing(tx)
    told = [(one.who, one.via, one.deed, one.subject, one.address) for one in deeds]
    assert ("Edda", "desk", "people.invite", "joris@alderwick.example", "testclient") in told
    assert ("Edda", "desk", "outline.create", "/issues", "testclient") in told
    assert ("Edda", "desk", "account.password", "/account/password", "testclient") in told
    assert ("Edda", "desk", "setup.setup", "/setup/…", "testclient") in told
    everything = repr(deeds)
    assert PASSWORD not in everything
    assert "new-ferry-house" not in everything
    assert "Secret plans" not in everything


def test_what_was_refused_is_no_deed(editor: Browser, door: Door) -> None:
    reader = door.person("Rhea", Role.READER)
    reader.post("/issues", {"title": "x"})
    editor.post("/people/invite", {"role": "owner"})
    with door.store.reading() as tx:
        told = [(one.who, one.deed) for one in audit.listing(tx)]
    assert ("Rhea", "outline.create") not in told
    assert ("Edda", "people.invite") not in told


def test_the_log_is_filtered_by_person_words_and_days(editor: Browser, door: Door) -> None:
    door.person("Joris", Role.EDITOR).post("/issues", {"title": "June"})
    editor.post("/people/invite", {"role": "editor", "email": "ada@alderwick.example"})
    assert "ada@alderwick.example" in editor.get("/audit?q=ADA@").text
    assert "ada@alderwick.example" not in editor.get("/audit?who=Joris").text
    assert "ada@alderwick.example" in editor.get("/audit?since=2026-11-27&until=2026-11-27").text
    assert "Nothing like that was done." in editor.get("/audit?until=2026-11-26").text
    assert "ada@alderwick.example" in editor.get("/audit?since=nonsense&before=x").text


def test_an_invitation_is_mailed_by_the_configured_server(editor: Browser, door: Door) -> None:
    form = {"role": "editor", "email": "joris@alderwick.example", "mail": "true"}
    answer = editor.post("/people/invite", form)
    assert "It is mailed, too." in answer.text
    outbox = editor.client.app.place.settings.smtp[0].folder  # type: ignore[attr-defined]
    (letter,) = outbox.rglob("*.eml")
    message = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    assert link_in(answer.text) in message.get_content()
    assert message["To"] == "joris@alderwick.example"
    editor.post("/people/invite", {"role": "editor", "email": "nobody", "mail": "true"})
    assert "“nobody” is not an address" in editor.get("/people").text
