"""An Idempotency-Key opens nothing: first the token is known, then the body is read, then it is done or told again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, users
from newsletter.web.api.repeating import Saying
from newsletter.web.bodies import MEGABYTE

from .conftest import Made, Program, post_to
from .test_api import is_problem


def kept(store: Store) -> str:
    with store.reading() as tx:
        return repr(tx.execute(text("SELECT * FROM api_answer")).all())


def demote(store: Store, name: str, role: Role) -> None:
    with store.writing() as tx:
        users.change_role(tx, users.named(tx, name).id, role)


def test_who_lost_the_right_is_not_told_again_what_they_did_with_it(program: Made, sqlite_store: Store) -> None:
    desk, path = program(), "/subscribers"
    program()  # somebody else who administers
    asked = {"email": "ada@alderwick.example"}
    assert desk.post(path, asked, idempotency_key="k").status_code == 201
    assert desk.post(path, asked, idempotency_key="k").headers["idempotent-replayed"] == "true"
    demote(sqlite_store, desk.get("/me").json()["name"], Role.EDITOR)
    assert is_problem(desk.post(path, asked, idempotency_key="k"), 403, "role")
    assert is_problem(program(Scope.READ).post(path, asked, idempotency_key="k"), 403, "scope")
    assert is_problem(Program(desk.client, "nld_x").post(path, asked, idempotency_key="k"), 401, "no-token")


@pytest.mark.parametrize(
    ("path", "asked"), [("/people/invitations", {"role": "admin"}), ("/people/{me}/reset", {"second_factor": False})]
)
def test_a_link_is_told_once_and_kept_nowhere(
    program: Made, sqlite_store: Store, settings: Settings, path: str, asked: dict[str, Any]
) -> None:
    desk = program()
    path = path.format(me=desk.get("/me").json()["name"])
    answer = desk.post(path, asked, idempotency_key="k")
    assert answer.status_code == 201
    secret = answer.json()["link"].rpartition("/setup/")[2]
    assert len(secret) > 20
    again = desk.post(path, asked, idempotency_key="k")
    assert is_problem(again, 409, "told-once")
    assert secret not in again.text
    assert secret not in kept(sqlite_store)
    with sqlite_store.reading() as tx:
        for (table,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            assert secret not in repr(tx.execute(text(f'SELECT * FROM "{table}"')).all()), table
    assert desk.post(path, asked, idempotency_key="another").json()["link"] != answer.json()["link"]


def unread(desk: Program, path: str, token: str, kind: str) -> tuple[int, int]:
    """The status of a POST, and how many parts of its body were read before the answer."""
    read, status = 0, 0

    async def ask() -> None:
        async def receive() -> dict[str, Any]:
            nonlocal read
            read += 1
            return {"type": "http.request", "body": b" " * MEGABYTE, "more_body": read < 5}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        headers = {
            "host": "127.0.0.1:8000",
            "content-length": str(5 * MEGABYTE),
            "content-type": kind,
            "idempotency-key": "k",
            **({"authorization": f"Bearer {token}"} if token else {}),
        }
        await desk.client.app(post_to(f"/api{path}", headers), receive, send)

    asyncio.run(ask())
    return status, read


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("path", ["/issues", "/issues/1/images", "/subscribers/import"])
def test_without_a_token_that_may_nothing_of_a_body_is_read(program: Made, path: str, kind: str) -> None:
    desk, low = program(), program(Scope.READ)
    assert unread(desk, path, "", kind) == (401, 0)
    assert unread(desk, path, "nld_wrong", kind) == (401, 0)
    assert unread(desk, path, low.token, kind) == (403, 0)


def test_wrong_tokens_with_a_key_are_counted_as_those_without(program: Made) -> None:
    wrong = Program(program().client, "nld_wrong")
    for number in range(32):
        assert is_problem(wrong.post("/issues", {}, idempotency_key=f"k-{number}"), 401, "no-token")
    assert is_problem(wrong.post("/issues", {}, idempotency_key="k"), 429, "too-many")


def test_what_is_read_twice_lies_in_no_folder_afterwards(program: Made, tmp_path: Path, monkeypatch: Any) -> None:
    (folder := tmp_path / "folder").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    desk = program()
    body = {"text": "Write to us. " * 50_000}
    answer = desk.post("/items", {"text": body["text"][:190_000]}, idempotency_key="k")
    assert answer.status_code == 201, answer.text
    assert is_problem(desk.post("/items", body, idempotency_key="l"), 422, "invalid")
    assert list(folder.iterdir()) == []


def form(boundary: str, *parts: bytes) -> bytes:
    between = b"--" + boundary.encode()
    return b"".join(between + b"\r\n\r\n" + part + b"\r\n" for part in parts) + between + b"--\r\n"


def saying(body: bytes, boundary: str = "", *, cut: int = 10**9) -> bytes:
    said = Saying(f"multipart/form-data; boundary={boundary}" if boundary else "application/json")
    for begin in range(0, len(body), cut):
        said.add(body[begin : begin + cut])
    return said.digest()


CONTENT = st.lists(st.text("-ab\r\n ", max_size=12).map(str.encode), max_size=4)


@given(CONTENT, CONTENT, st.integers(1, 9))
def test_two_forms_are_the_same_where_their_parts_are(one: list[bytes], other: list[bytes], cut: int) -> None:
    first, second = form("BOUND", *one), form("other-Bound", *other)
    assert (saying(first, "BOUND") == saying(second, "other-Bound", cut=cut)) is (one == other)
    assert saying(first, "BOUND", cut=cut) == saying(first, "BOUND")


def test_the_boundary_within_a_text_counts() -> None:
    assert saying(form("ab", b"x ab y"), "ab") != saying(form("ab", b"x  y"), "ab")
    assert saying(b"ab") != saying(b"")
    quoted = Saying('multipart/form-data; Boundary="a b"')
    quoted.add(form("a b", b"x"))
    assert quoted.digest() == saying(form("cd", b"x"), "cd")
