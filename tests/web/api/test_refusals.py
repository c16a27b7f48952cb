"""Whatever a program does wrong, it is told so as a problem (RFC 9457), with the status that says what to do."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.settings import Settings
from newsletter.store import Store
from newsletter.web.app import Application
from newsletter.web.bodies import MEGABYTE, USUAL
from newsletter.web.serving import place_for

from .conftest import ORIGIN, Made, Program, post_to
from .test_api import is_problem


def test_an_address_that_is_not_there_is_a_problem_with_and_without_a_token(client: Any, program: Made) -> None:
    for path in ("/api/nothing", "/api/issues/1/nothing", "/api//issues", "/api/people/a%0Ab"):
        assert is_problem(client.get(path), 404, "http")
        assert is_problem(client.post(path), 404, "http")
    assert is_problem(program().get("/nothing"), 404, "http")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/issues", "GET, POST"),
        ("DELETE", "/publication", "GET, PATCH"),
        ("POST", "/cadence", "DELETE, GET, PUT"),
        ("GET", "/issues/1/send", "POST"),
        ("PUT", "/issues/1/blocks/2", "DELETE, PATCH"),
    ],
)
def test_a_method_that_is_not_taken_says_which_are(program: Made, method: str, path: str, allowed: str) -> None:
    answer = program().ask(method, path)
    assert is_problem(answer, 405, "http")
    assert answer.headers["allow"] == allowed


def sent(client: Any, path: str, body: bytes, token: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api{path}", content=body, headers={"authorization": f"Bearer {token}", **named})


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data; boundary=x"],
)
def test_a_body_of_another_kind_is_refused(client: Any, program: Made, kind: str) -> None:
    token = program().token
    assert is_problem(sent(client, "/issues", b'{"title": "x"}', token, content_type=kind), 415, "content-type")
    assert client.get("/api/issues", headers={"authorization": f"Bearer {token}"}).json() == []


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_of_its_names_is_taken(client: Any, program: Made, kind: str) -> None:
    assert sent(client, "/issues", b'{"title": "x"}', program().token, content_type=kind).status_code == 201


def test_a_body_beyond_measure_is_refused_before_it_is_read(client: Any, program: Made) -> None:
    token = program().token
    for path, most in (
        ("/issues", USUAL),
        ("/issues/1/images", 21 * MEGABYTE),
        ("/subscribers/import", 200 * MEGABYTE),
    ):
        answer = sent(client, path, b"{}", token, content_type="application/json", content_length=str(most + 1))
        assert is_problem(answer, 413, "too-large"), path
        assert f"{most // MEGABYTE} MB" in answer.json()["detail"]
    assert is_problem(sent(client, "/issues", b"{}", token, content_length="many"), 413, "too-large")
    chunked = client.post("/api/issues", content=iter([b"{}"]), headers={"authorization": f"Bearer {token}"})
    assert is_problem(chunked, 411, "length")


def test_the_desk_takes_a_picture_of_the_same_size(client: Any) -> None:
    headers = {"origin": ORIGIN, "content-type": "multipart/form-data; boundary=x"}
    for size, refused in ((20 * MEGABYTE, False), (22 * MEGABYTE, True)):
        answer = client.post("/issues/1/images", content=b"", headers={**headers, "content-length": str(size)})
        assert (answer.status_code == 413) is refused


def test_another_host_is_told_as_a_problem(client: Any) -> None:
    assert is_problem(client.get("/api/me", headers={"host": "evil.example"}), 400, "host")


def test_one_wrong_token_after_another_has_to_wait_and_a_right_one_never(client: Any, program: Made) -> None:
    right, wrong = program(), Program(client, "nld_wrong")
    for _ in range(32):
        assert is_problem(wrong.get("/me"), 401, "no-token")
    answer = wrong.get("/me")
    assert is_problem(answer, 429, "too-many")
    assert 0 < int(answer.headers["retry-after"]) <= 600
    assert right.get("/me").status_code == 200
    assert is_problem(Program(client, "").get("/me"), 401, "no-token")


def test_a_fault_of_the_program_is_a_problem_that_says_nothing_of_itself(
    sqlite_store: Store,
    settings: Settings,
    clock: Clock,
    letter: Publication,
    program: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from newsletter.store import users

    def broken(*_: Any) -> Any:
        raise RuntimeError("a secret of the program")

    token = program().token
    app = Application(place_for(sqlite_store, settings, clock, letter, host="127.0.0.1"))
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as quiet:
        monkeypatch.setattr(users, "listing", broken)
        answer = quiet.get("/api/people", headers={"authorization": f"Bearer {token}"})
    assert is_problem(answer, 500, "broken")
    assert "secret" not in answer.text


def test_where_it_went_wrong_is_the_name_of_a_field(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    answer = desk.patch("/issues/1", {"title": "two\nlines"})
    assert (answer.status_code, answer.json()["where"]) == (422, "title")


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_front_door_leads_to_the_description(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (303, 307)
    assert "/api/" in answer.headers["location"]


def test_problems_speak_of_no_command(program: Made) -> None:
    desk = program()
    desk.post("/issues", {})
    for answer in (
        desk.get("/issues/9"),
        desk.post("/issues/1/schedule", {"approve": True}),
        desk.patch("/digest", {"sources": ["Nobody"]}),
        desk.get("/digest/trial"),
        desk.get("/items/99"),
    ):
        assert answer.status_code in (404, 422)
        assert not re.search(r"newsletter [a-z]+ [a-z]|--[a-z]", answer.json()["detail"]), answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/issues", "application/json"),
        ("/issues/1/images", "multipart/form-data; boundary=x"),
        ("/subscribers/import", "text/csv"),
    ],
)
@pytest.mark.parametrize("key", ["", "k"])
def test_who_hangs_up_in_the_middle_of_it_is_no_fault_of_ours(program: Made, path: str, kind: str, key: str) -> None:
    desk, answers = program(), list[Any]()
    messages = iter([{"type": "http.request", "body": b"--x\r\n", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        answers.append(message)

    headers = {
        "host": "127.0.0.1:8000",
        "content-length": "5000",
        "content-type": kind,
        "authorization": f"Bearer {desk.token}",
        **({"idempotency-key": key} if key else {}),
    }
    asyncio.run(desk.client.app(post_to(f"/api{path}", headers), receive, send))
    assert answers[0]["status"] == 400
