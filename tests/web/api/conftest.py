"""A program with a token, beside the desk of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.secret import hashed, new_secret
from newsletter.model.token import TOKEN_BEGINS, Scope
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, tokens, users
from newsletter.web.app import Application
from newsletter.web.serving import place_for

ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Program:
    """Calls the API with a token."""

    client: TestClient
    token: str

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        shown = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.request(method, f"/api{path}", json=json, headers={**shown, **named})

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, json: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, json, **headers)

    def patch(self, path: str, json: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", path, json, **headers)


Made = Callable[..., Program]


def post_to(path: str, headers: dict[str, str]) -> dict[str, Any]:
    """A POST as a server hands it over, before any of its body."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }


@pytest.fixture
def client(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> Iterator[TestClient]:
    app = Application(place_for(sqlite_store, settings, clock, letter, host="127.0.0.1"))
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as browser:
        yield browser


@pytest.fixture
def program(client: TestClient, sqlite_store: Store, clock: Clock) -> Made:
    """Makes a program whose token has this scope, of a person with this role."""

    def make(scope: Scope = Scope.ADMIN, role: Role = Role.ADMIN, *, days: int = 30) -> Program:
        token, now = TOKEN_BEGINS + new_secret(), clock.now()
        with sqlite_store.writing() as tx:
            person = users.add(tx, f"Person {new_secret()[:6]}", "no hash", role=role, now=now)
            expires = now + timedelta(days=days)
            tokens.add(tx, person.id, hashed(token), name="a script", scope=scope, now=now, expires=expires)
        return Program(client, token)

    return make
