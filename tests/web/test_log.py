"""What serve writes: one JSON document a line on request, and never a reader's address."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from newsletter.web import log


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The loggers as they were before."""
    found = logging.getLogger()
    names = ("newsletter", "uvicorn.access")
    before = found.handlers[:], found.level, [logging.getLogger(name).level for name in names]
    yield found
    found.handlers[:], levels = before[0], before[2]
    found.setLevel(before[1])
    for name, level in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(level)


def test_one_event_is_one_line_with_what_it_says_of_itself(root: logging.Logger) -> None:
    stream = io.StringIO()
    log.start("json", stream)
    logging.getLogger("newsletter.schedule").info("Issue %s:\n begins", 7, extra={"event": "sending", "issue": 7})
    logging.getLogger("newsletter.send").warning("550 <ada@example.org> unknown to mailto:ben@example.org")
    logging.getLogger("uvicorn.access").info("GET /unsubscribe/secret")
    logging.getLogger("httpx").info("noise")
    try:
        raise ValueError("two\nlines of cleo@example.org")
    except ValueError:
        logging.getLogger("newsletter").exception("It stopped")
    first, second, third = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (first["event"], first["issue"], first["level"]) == ("sending", 7, "info")
    assert first["at"].endswith("+00:00")
    assert second["message"] == "550 <…@example.org> unknown to mailto:…@example.org"
    assert "ValueError: two\nlines of …@example.org" in third["fault"]


def test_lines_for_people_tell_what_needs_a_look(root: logging.Logger) -> None:
    stream = io.StringIO()
    log.start("text", stream)
    logging.getLogger("newsletter.schedule").info("Issue 7 begins")
    logging.getLogger("newsletter.schedule").warning("Refused: ada@example.org")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("newsletter.schedule: Refused: …@example.org\n")
