"""The whole API under schemathesis: whatever is sent, no server error, and every answer as the description says."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as rules

from newsletter.clock import Clock
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.settings import Fetching
from newsletter.store import Store
from newsletter.web.app import build
from newsletter.web.serving import place_for

from .conftest import Made

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: install the extra “test”")
of_openapi = importlib.import_module("schemathesis.specs.openapi.checks")

pytestmark = pytest.mark.long

CHECKS = [
    schemathesis.checks.CHECKS.get_by_names(["not_a_server_error"])[0],
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
]
EXAMPLES = int(os.environ.get("NEWSLETTER_TEST_EXAMPLES", "25"))


@pytest.fixture
def described(program: Made, queue: Any, sqlite_store: Store, settings: Any, clock: Clock, letter: Any) -> Any:
    """The description, asked of the application itself, with a token that may do everything but leave the machine."""
    desk = program(Scope.ADMIN, Role.ADMIN)
    for number in range(2):
        desk.post("/issues", {"title": f"Issue {number}"})
    desk.post("/issues/1/blocks", {"items": [queue[0]]})
    desk.post("/issues/1/blocks", {"text": "A word of the editors."})
    desk.post("/events", {"lines": "December 6-7 Street fair"})
    desk.post("/subscribers", {"email": "ada@alderwick.example"})
    offline = replace(settings, fetching=Fetching(timeout=0.2))
    app = build(place_for(sqlite_store, offline, clock, letter, host="127.0.0.1"))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"host": "127.0.0.1:8000"})
    return schema, desk.token


def test_whatever_is_sent_nothing_breaks_and_every_answer_is_as_described(described: Any) -> None:
    schema, token = described
    headers = {"host": "127.0.0.1:8000", "authorization": f"Bearer {token}"}
    broken: list[str] = []
    seen: Counter[int] = Counter()
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:

        @rules(
            max_examples=EXAMPLES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            seen[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

        try:
            one()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            broken.append(f"{operation.method.upper()} {operation.path}: {error!r}"[:3000])
    print(sorted(seen.items()))
    assert not broken, "\n\n".join(broken)
    assert len(operations) > 50
    assert seen[200] > EXAMPLES * len(operations) / 10, "all are let in, and some are done"
    assert not seen[401]
