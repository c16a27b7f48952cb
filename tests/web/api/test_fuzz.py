"""The whole API under schemathesis: whatever is sent, no server error, and every answer as the description says."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as rules

from newsletter.clock import Clock
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.settings import Fetching
from newsletter.store import Store
from newsletter.web.app import Application
from newsletter.web.serving import place_for

from .conftest import Made

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: install the extra “test”")
of_openapi = importlib.import_module("schemathesis.specs.openapi.checks")

CHECKS = [
    schemathesis.checks.CHECKS.get_by_names(["not_a_server_error"])[0],
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
    of_openapi.response_headers_conformance,
    of_openapi.unsupported_method,
]
FEW = 2
"""Requests for each operation at every run; `long` sends many."""
MANY = int(os.environ.get("NEWSLETTER_TEST_EXAMPLES", "8"))
ALONE = {"/doctor", "/themes/{theme}/check", "/themes", "/backup"}
"""Each takes seconds: tests of their own ask them."""


@pytest.fixture
def described(program: Made, queue: Any, sqlite_store: Store, settings: Any, clock: Clock, letter: Any) -> Any:
    """The description, asked of the application itself, with a token that may do everything but leave the machine."""
    from dataclasses import replace

    desk = program(Scope.ADMIN, Role.ADMIN)
    for number in range(2):
        desk.post("/issues", {"title": f"Issue {number}"})
    desk.post("/issues/1/blocks", {"items": [queue[0]]})
    desk.post("/issues/1/blocks", {"text": "A word of the editors."})
    desk.post("/issues/1/versions", {"name": "As it began"})
    desk.post("/events", {"lines": "December 6-7 Street fair"})
    desk.post("/subscribers", {"email": "ada@alderwick.example"})
    desk.ask("PUT", "/cadence", {"cadence": "Fri 09:00"})
    desk.patch("/digest", {"most": 5})
    offline = replace(settings, fetching=Fetching(timeout=0.2))
    app = Application(place_for(sqlite_store, offline, clock, letter, host="127.0.0.1"))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"host": "127.0.0.1:8000"})
    return schema, desk.token


def fuzzed(described: Any, mode: Any, count: int, *, but: set[str]) -> tuple[Counter[int], list[str], int]:
    """Statuses that were seen, what broke, and how many operations were asked."""
    schema, token = described
    headers = {"host": "127.0.0.1:8000", "authorization": f"Bearer {token}"}
    broken: list[str] = []
    seen: Counter[int] = Counter()
    operations = [one for one in (found.ok() for found in schema.get_all_operations()) if one.path not in but]
    for operation in operations:
        try:
            _asked(operation, mode, count, headers, seen)()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            broken.append(f"{operation.method.upper()} {operation.path}: {error!r}"[:3000])
    print(sorted(seen.items()))
    return seen, broken, len(operations)


def _asked(operation: Any, mode: Any, count: int, headers: dict[str, str], seen: Counter[int]) -> Callable[[], None]:
    @rules(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        seen[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    return one


def test_a_few_requests_of_each_kind_break_nothing(described: Any) -> None:
    seen, broken, count = fuzzed(described, schemathesis.GenerationMode.POSITIVE, FEW, but=ALONE)
    assert not broken, "\n\n".join(broken)
    assert count > 95
    assert not seen[401]


@pytest.mark.long
def test_whatever_fits_the_description_is_answered_as_it_says(described: Any) -> None:
    seen, broken, count = fuzzed(described, schemathesis.GenerationMode.POSITIVE, MANY, but=set())
    assert not broken, "\n\n".join(broken)
    assert seen[200] > MANY * count / 10, "all are let in, and some are done"
    assert not seen[401]


@pytest.mark.long
def test_whatever_does_not_fit_is_refused_and_breaks_nothing(described: Any) -> None:
    seen, broken, _count = fuzzed(described, schemathesis.GenerationMode.NEGATIVE, MANY, but=ALONE)
    assert not broken, "\n\n".join(broken)
    assert seen[422] > seen[200]
