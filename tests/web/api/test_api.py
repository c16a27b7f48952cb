"""The API: the operations of the command line, in the same shapes, for programs with a token."""

from __future__ import annotations

import html
import json
import re
import shlex
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.item import ItemId
from newsletter.model.publication import Publication
from newsletter.model.secret import hashed
from newsletter.model.subscriber import address_hash
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.store import Store, audit, publications, subscribers, tokens
from newsletter.web.api.app import application, described, routes
from newsletter.web.api.guide import GROUPS, LEFT
from newsletter.web.api.paging import cursor_of
from newsletter.web.roles import role_for

from .conftest import Made, Program

ADMINS = {
    "GET /doctor",
    "POST /backup",
    "POST /themes",
    "POST /people/{name}/reset",
    "POST /publications",
    "PATCH /publication",
    "GET /people",
    "POST /people/invitations",
    "PATCH /people/{name}",
    "DELETE /people/{name}",
    "GET /audit",
}
PUBLISHERS = {
    *(
        f"POST /issues/{{issue}}/{deed}"
        for deed in (
            [
                "approve",
                "reopen",
                "schedule",
                "unschedule",
                "send",
                "pause",
                "resume",
                "cancel",
                "resolve",
                "correct",
                "archive",
            ]
        )
    ),
    "POST /subscribers",
    "POST /subscribers/import",
    "GET /subscribers.csv",
    "POST /subscribers/{email}/unsubscribe",
    "DELETE /subscribers/{email}",
    "GET /issues/{issue}/rendition/{email}",
    "PUT /cadence",
    "DELETE /cadence",
    "POST /cadence/holidays",
    "POST /cadence/holidays/import",
    "DELETE /cadence/holidays/{day}",
    "DELETE /cadence/holidays",
    "PATCH /digest",
    "DELETE /digest",
    "POST /digest/run",
    "PATCH /themes/{theme}/look",
}


def test_every_operation_needs_the_role_that_is_written_here() -> None:
    found = {
        f"{method} {route.path}": role_for({method}, route.dependencies)
        for route in routes()
        for method in route.methods
    }
    for name, role in found.items():
        if name in ADMINS:
            assert role is Role.ADMIN, name
        elif name in PUBLISHERS:
            assert role is Role.PUBLISHER, name
        else:
            assert role is (Role.READER if name.startswith("GET") else Role.EDITOR), name
    assert set(found) >= ADMINS | PUBLISHERS


def is_problem(answer: Any, status: int, code: str) -> bool:
    """Whether an answer is a problem as RFC 9457 has it."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert {"type", "title", "status", "detail", "code"} <= set(told)
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code), answer.text
    return True


def test_without_a_token_nothing_is_told(client: Any, program: Made, editor_cookie: None = None) -> None:
    for path in ("/issues", "/me", "/publication", "/people"):
        answer = client.get(f"/api{path}")
        assert is_problem(answer, 401, "no-token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert is_problem(Program(client, "nld_wrong").get("/me"), 401, "no-token")


def test_a_token_that_is_over_or_removed_opens_nothing(program: Made, sqlite_store: Store, clock: Clock) -> None:
    over = program(days=-1)
    assert is_problem(over.get("/me"), 401, "no-token")
    removed = program()
    assert removed.get("/me").status_code == 200
    with sqlite_store.writing() as tx:
        found = tokens.find(tx, hashed(removed.token), clock.now())
        assert found is not None
        assert found.used_at is not None
        tokens.remove(tx, found.user.id, found.id)
    assert is_problem(removed.get("/me"), 401, "no-token")


@pytest.mark.parametrize(
    ("scope", "role", "method", "path", "code"),
    [
        (Scope.READ, Role.ADMIN, "POST", "/issues", "scope"),
        (Scope.EDIT, Role.ADMIN, "POST", "/issues/1/send", "scope"),
        (Scope.PUBLISH, Role.ADMIN, "GET", "/people", "scope"),
        (Scope.ADMIN, Role.READER, "POST", "/issues", "role"),
        (Scope.ADMIN, Role.EDITOR, "POST", "/issues/1/approve", "role"),
        (Scope.ADMIN, Role.PUBLISHER, "DELETE", "/people/Edda", "role"),
    ],
)
def test_scope_and_person_both_have_to_be_enough(
    program: Made, scope: Scope, role: Role, method: str, path: str, code: str
) -> None:
    assert is_problem(program(scope, role).ask(method, path, {}), 403, code)


def test_a_cookie_of_the_desk_opens_nothing_here(client: Any, sqlite_store: Store, clock: Clock) -> None:
    from newsletter.web.setup import invite_first_user

    token = invite_first_user(sqlite_store, clock.now())
    form = {"name": "Edda", "password": "ferry-house-12", "again": "ferry-house-12"}
    headers = {"origin": "http://127.0.0.1:8000"}
    assert client.post(f"/setup/{token}", data=form, headers=headers).status_code == 303
    assert client.get("/issues").status_code == 200
    assert is_problem(client.get("/api/issues"), 401, "no-token")
    assert is_problem(client.post("/api/issues", json={}, headers=headers), 401, "no-token")


def test_an_issue_from_the_queue_to_the_ledger(
    program: Made, queue: list[ItemId], sqlite_store: Store, letter: Publication, client: Any
) -> None:
    desk = program()
    listed = desk.get("/items?state=new").json()
    assert [one["id"] for one in listed] == queue
    assert desk.post("/items/decide", {"ids": queue[:2], "state": "picked"}).json() == [
        {"id": one, "state": "picked"} for one in queue[:2]
    ]
    made = desk.post("/issues", {"title": "June"})
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["state"]) == (1, "draft")
    filled = desk.post("/issues/1/fill").json()
    blocks = [block for section in filled["sections"] for block in section["blocks"] if block["kind"] == "item"]
    assert len(blocks) == 2
    edited = desk.patch(f"/issues/1/blocks/{blocks[0]['id']}", {"headline": "The signal box"}).json()
    assert "The signal box" in json.dumps(edited)
    assert desk.post("/events", {"lines": "December 6-7 Street fair"}).status_code == 201
    assert desk.post("/subscribers", {"email": "ada@alderwick.example"}).status_code == 201
    checked = desk.get("/issues/1/check").json()
    assert checked["ok"], checked
    assert desk.post("/issues/1/approve").json()["state"] == "approved"
    assert is_problem(desk.post("/issues/1/send", {}), 422, "not-sure")
    sent = desk.post("/issues/1/send", {"sure": True})
    assert (sent.status_code, sent.json()["state"]) == (202, "sending")
    assert desk.get("/issues/1/status").json()["issue"] == 1
    assert "The signal box" in desk.get("/issues/1/rendition").json()["html"]
    with sqlite_store.reading() as tx:
        told = {one.deed for one in audit.listing(tx) if one.via == "api"}
    assert {"sending.approve", "sending.send", "readers.add_subscriber", "items.decide_items"} <= told


def test_two_programs_do_not_write_over_each_other(program: Made) -> None:
    desk = program()
    etag = desk.post("/issues", {}).headers["etag"]
    assert desk.patch("/issues/1", {"title": "Mine"}, if_match=etag).status_code == 200
    assert is_problem(desk.patch("/issues/1", {"title": "Theirs"}, if_match=etag), 412, "conflict")
    assert desk.get("/issues/1").json()["title"] == "Mine"
    assert is_problem(desk.patch("/issues/1", {"title": "x"}, if_match="nonsense"), 422, "version")
    assert desk.patch("/issues/latest", {"title": "Any"}, if_match="*").status_code == 200


def test_the_same_request_again_does_nothing_twice(program: Made) -> None:
    desk = program()
    first = desk.post("/issues", {"title": "June"}, idempotency_key="a-1")
    again = desk.post("/issues", {"title": "June"}, idempotency_key="a-1")
    assert again.json() == first.json()
    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert len(desk.get("/issues").json()) == 1
    assert is_problem(desk.post("/issues", {"title": "July"}, idempotency_key="a-1"), 422, "invalid")
    assert program().post("/issues", {"title": "June"}, idempotency_key="a-1").json()["number"] == 2, "another token"
    wrong = desk.post("/issues", {"from": 99}, idempotency_key="a-2")
    assert wrong.status_code == 404
    assert desk.post("/issues", {"from": 1}, idempotency_key="a-2").status_code == 201, "nothing was done before"


def test_long_lists_come_in_pages(program: Made, sqlite_store: Store, letter: Publication, clock: Clock) -> None:
    desk = program()
    for number in range(7):
        desk.post("/subscribers", {"email": f"reader{number}@alderwick.example"})
        desk.post("/issues", {})
    for path, key in (("/subscribers", "email"), ("/issues", "number"), ("/audit", "id")):
        everything = [one[key] for one in desk.get(f"{path}?limit=500").json()]
        found, at = [], f"{path}?limit=3"
        while at:
            answer = desk.get(at)
            found += [one[key] for one in answer.json()]
            link = re.match(r'</api(.+)>; rel="next"', answer.headers.get("link", ""))
            at = link[1] if link else ""
        assert found == everything
    assert is_problem(desk.get("/issues?cursor=%21"), 422, "cursor")
    assert is_problem(desk.get(f"/items?cursor={cursor_of(2**63 - 1, 1)}"), 422, "cursor"), "no such moment"


@pytest.mark.parametrize("rows", ["items", "stories"])
def test_the_queue_goes_on_where_it_was_when_something_arrives(
    program: Made, queue: list[ItemId], sqlite_store: Store, letter: Publication, clock: Clock, rows: str
) -> None:
    desk = program()
    answer = desk.get("/items?limit=2" + ("&stories=true" if rows == "stories" else ""))
    desk.post("/items", {"text": "A late story\n\nIt came between two pages."})
    rest = desk.get(answer.headers["link"].split(">")[0].removeprefix("</api")).json()
    assert [one["id"] for one in [*answer.json(), *rest]] == queue


def test_a_program_names_its_newsletter(program: Made, sqlite_store: Store, letter: Publication) -> None:
    desk = program()
    assert desk.post("/publications", {"name": "The Lantern"}).json()["slug"] == "the-lantern"
    desk.post("/issues?publication=the-lantern", {"title": "First light"})
    assert desk.get("/issues").json() == []
    assert [one["title"] for one in desk.get("/issues?publication=the-lantern").json()] == ["First light"]
    assert is_problem(desk.get("/issues?publication=nothing"), 404, "not-found")
    with sqlite_store.reading() as tx:
        assert [one.slug for one in publications.listing(tx)] == [letter.slug, "the-lantern"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/issues/99", None, 404),
        ("GET", "/issues/9999999999", None, 404),
        ("GET", "/issues/first", None, 422),
        ("GET", "/nothing", None, 404),
        ("PUT", "/issues", {}, 405),
        ("POST", "/issues", {"titel": "x"}, 422),
        ("POST", "/issues", {"title": "a\x00b"}, 422),
        ("POST", "/issues", {"title": "x" * 3000}, 422),
        ("POST", "/issues/latest/approve", None, 422),
        ("POST", "/items/decide", {"ids": [], "state": "picked"}, 422),
        ("POST", "/items/decide", {"ids": [2**40], "state": "picked"}, 422),
        ("POST", "/items/decide", {"ids": [99], "state": "picked"}, 404),
        ("POST", "/sources", {"address": ""}, 422),
        ("POST", "/events", {"lines": "nothing that is a date"}, 201),
        ("POST", "/events/import", {"url": "/etc/passwd"}, 422),
        ("PATCH", "/publication", {"zone": "Moon/Base"}, 422),
        ("PATCH", "/people/Nobody", {"role": "admin"}, 404),
        ("POST", "/people/invitations", {"role": "owner"}, 422),
        ("POST", "/subscribers", {"email": "not an address"}, 422),
        ("DELETE", "/subscribers/nobody@alderwick.example", None, 404),
    ],
)
def test_what_cannot_be_done_says_why(program: Made, method: str, path: str, body: Any, status: int) -> None:
    answer = program().ask(method, path, body)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert is_problem(answer, status, answer.json()["code"])


def test_a_body_that_is_no_json_is_400(client: Any, program: Made) -> None:
    headers = {"authorization": f"Bearer {program().token}", "content-type": "application/json"}
    assert is_problem(client.post("/api/issues", content=b"{", headers=headers), 400, "json")
    surrogate = client.post("/api/issues", content=b'{"title": "\\ud800"}', headers=headers)
    assert is_problem(surrogate, 422, "invalid")


def test_the_description_is_openapi_31_and_its_page_has_no_script(client: Any) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "/api"}]
    assert "token" in document["components"]["securitySchemes"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"
            assert operation["security"] == [{"token": []}]
            assert "422" in operation["responses"]
            assert operation["x-role"] in list(Role)
            assert Scope(operation["x-scope"]).role is Role(operation["x-role"])
    for path in ("/api/docs", "/api/docs/shapes"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert len(page.content) < 100_000


def test_a_program_that_asks_for_the_page_gets_the_document(client: Any) -> None:
    document = client.get("/api/openapi.json").json()
    assert client.get("/api/docs", headers={"accept": "application/json"}).json() == document
    assert client.get("/api/docs/openapi.json").json() == document
    assert client.get("/api/docs", headers={"accept": "*/*"}).headers["content-type"].startswith("text/html")


def test_the_page_tells_of_each_operation_its_fields_an_example_and_what_is_left_out(client: Any) -> None:
    document, page = client.get("/api/openapi.json").json(), html.unescape(client.get("/api/docs").text)
    for path, operations in document["paths"].items():
        for method in operations:
            assert f"{method.upper()} /api{path}</code>" in page
    for group in GROUPS:
        assert group.example in page
    for name in LEFT:
        assert f"newsletter {name}</code>" in page
    assert "new | picked | skipped | snoozed" in page
    shapes = client.get("/api/docs/shapes").text
    for name in re.findall(r"/api/docs/shapes#(\w+)", page):
        assert f'id="{name}"' in shapes, name


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_each_example_of_the_page_can_be_typed_as_it_stands(
    group: Any, program: Made, queue: list[ItemId], settings: Any
) -> None:
    (settings.workspace / "newsletter.toml").write_text('secret_key = "a key for the tests of the web"\n')
    desk = program()
    desk.post("/issues", {})
    words = shlex.split(group.example)
    method, body, kind, headers = "GET", None, "", {}
    for at, word in enumerate(words):
        if word == "-X":
            method = words[at + 1]
        elif word == "--json":
            body, kind, method = words[at + 1], "application/json", "POST" if method == "GET" else method
        elif word == "--data-binary":
            body, method = "email,name\nada@alderwick.example,Ada\n", "POST"
        elif word == "-H":
            name, _, value = words[at + 1].partition(": ")
            headers[name] = value.replace("$TOKEN", desk.token)
    if kind:
        headers["content-type"] = kind
    answer = desk.client.request(method, words[-1].replace("$DESK", ""), content=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text


def test_subscribers_of_the_api_are_those_of_the_desk(program: Made, sqlite_store: Store, letter: Publication) -> None:
    desk = program(Scope.PUBLISH, Role.PUBLISHER)
    desk.post("/subscribers", {"email": "Ada@alderwick.example", "name": "Ada", "tags": ["friends"]})
    desk.post("/subscribers/Ada@alderwick.example/unsubscribe")
    with sqlite_store.reading() as tx:
        assert {one.value: count for one, count in subscribers.counts(tx, letter.id).items()}["unsubscribed"] == 1
    assert desk.ask("DELETE", "/subscribers/ada@alderwick.example").json()["erased"]
    assert desk.get("/subscribers").json() == []
    with sqlite_store.reading() as tx:
        told = [(one.deed, one.subject) for one in audit.listing(tx, deed="readers.", limit=2)]
        assert "alderwick.example" not in repr(audit.listing(tx)), "the log outlives who is erased"
    reader = f"reader {address_hash('ada@alderwick.example')[:12]}"
    assert told == [("readers.erase", reader), ("readers.unsubscribe", reader)]


def test_the_document_is_made_once() -> None:
    assert described(application()) is described(application())
