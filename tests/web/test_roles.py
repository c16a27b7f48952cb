"""Who may do what: every route of the desk, by the least role that it needs."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from newsletter.clock import Clock
from newsletter.model.user import Role, User
from newsletter.store import Store, users
from newsletter.web.app import ROOMS
from newsletter.web.guard import is_public
from newsletter.web.passwords import password_hash
from newsletter.web.roles import may, role_for

from .conftest import PASSWORD, Browser

PUBLISHERS = {
    f"POST /issues/{{number}}/{deed}"
    for deed in (
        "approve",
        "reopen",
        "schedule",
        "unschedule",
        "send",
        "continue",
        "pause",
        "resume",
        "cancel",
        "take-back",
        "open-text",
        "close-text",
        "correct",
    )
} | {
    "POST /readers",
    "GET /readers.csv",
    "POST /readers/import",
    "GET /readers/import/{key}",
    "POST /readers/import/{key}",
    "GET /readers/import/{key}/rejected.csv",
    "POST /issues/{number}/resolve",
    "GET /issues/{number}/send",
    "GET /look",
    "GET /look/sample.html",
    "POST /look",
}
ADMINS = {
    "GET /people",
    "POST /people/invite",
    "POST /people/invitations",
    "POST /people/{person}/role",
    "POST /people/{person}/reset",
    "POST /people/{person}/signout",
    "POST /people/{person}/remove",
    "GET /audit",
    "GET /publication",
    "POST /publication",
    "POST /publication/add",
}
ANYBODY = {
    "POST /signout",
    "POST /keys",
    "POST /publication/work-on",
    "POST /account/password",
    "POST /account/preferences",
    "POST /account/sessions",
    "POST /account/second-factor",
    "POST /account/second-factor/confirm",
    "POST /account/second-factor/codes",
    "POST /account/second-factor/off",
    "POST /account/tokens",
    "POST /account/tokens/{token}/remove",
}
"""What changes only what is one's own."""


def routes() -> dict[str, Role]:
    """Every route of the desk that is not for everybody, and what it needs."""
    found = {}
    for room in ROOMS:
        for route in room.router.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods or set():
                if not is_public(route.path.replace("{", "").replace("}", "")):
                    found[f"{method} {route.path}"] = role_for({method}, route.dependencies)
    return found


def test_every_route_needs_the_role_that_is_written_here() -> None:
    def expected(route: str) -> Role:
        if route in PUBLISHERS:
            return Role.PUBLISHER
        if route in ADMINS:
            return Role.ADMIN
        return Role.READER if route in ANYBODY or route.startswith(("GET", "HEAD")) else Role.EDITOR

    found = routes()
    assert {route: role for route, role in found.items() if role is not expected(route)} == {}
    assert (PUBLISHERS | ADMINS | ANYBODY) - set(found) == set(), "a route that is no longer there"


def become(store: Store, clock: Clock, browser: Browser, role: Role) -> None:
    """Sign in as somebody else, of this role."""
    browser.client.cookies.clear()
    with store.writing() as tx:
        users.add(tx, f"a {role}", password_hash(PASSWORD), role=role, now=clock.now())
    assert browser.post("/signin", {"name": f"a {role}", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("route", sorted(PUBLISHERS))
def test_an_editor_who_posts_a_publishers_form_is_told_so_and_nothing_happens(
    editor: Browser, sqlite_store: Store, clock: Clock, route: str
) -> None:
    editor.post("/issues", {})
    become(sqlite_store, clock, editor, Role.EDITOR)
    method, path = route.replace("{number}", "1").split()
    answer = editor.get(path) if method == "GET" else editor.post(path, {"sure": "yes", "at": "2027-01-01T09:00"})
    assert answer.status_code == 403
    assert "That needs a publisher, and you are an editor here" in answer.text
    assert "draft" in editor.get("/issues").text


def test_a_reader_sees_the_desk_and_changes_nothing(editor: Browser, sqlite_store: Store, clock: Clock) -> None:
    become(sqlite_store, clock, editor, Role.READER)
    assert editor.get("/").status_code == 200
    answer = editor.post("/issues", {})
    assert answer.status_code == 403
    assert "That needs an editor, and you are a reader here" in answer.text
    assert "No issue yet." in editor.get("/issues").text


@pytest.mark.parametrize(
    ("has", "wanted", "so"),
    [
        (Role.READER, Role.READER, True),
        (Role.READER, Role.EDITOR, False),
        (Role.EDITOR, Role.PUBLISHER, False),
        (Role.PUBLISHER, Role.EDITOR, True),
        (Role.PUBLISHER, Role.ADMIN, False),
        (Role.ADMIN, Role.PUBLISHER, True),
    ],
)
def test_each_role_may_do_what_those_before_it_may(clock: Clock, has: Role, wanted: Role, so: bool) -> None:
    user = User(id=1, name="Edda", role=has, created_at=clock.now())  # type: ignore[arg-type]
    assert may(user, wanted) is so
    assert not may(None, Role.READER)
