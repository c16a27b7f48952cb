"""What `serve` writes while it runs: lines for people, or one JSON document a line. Never a reader's address."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:=/]+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; the rest is what an event says of itself."""


def start(wanted: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Write to stderr from now on: what needs a look; as JSON also what simply happened (level info).

    Requests are not written: their addresses hold the readers' own links.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if wanted == "json" else PlainLines("%(asctime)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("newsletter").setLevel(logging.INFO if wanted == "json" else logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


class PlainLines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """A record, without addresses."""
        return without_addresses(super().format(record))


class JsonLines(logging.Formatter):
    """One event, one line: `at` (UTC), `level`, `event`, `logger`, `message`, and what the event says of itself."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as JSON."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _OWN and name != "event"}
        if record.exc_info:
            told["fault"] = self.formatException(record.exc_info)
        return without_addresses(json.dumps(told, ensure_ascii=False, default=str))


def without_addresses(text: str) -> str:
    """The text with every address shortened to its domain."""
    return _ADDRESS.sub(lambda found: "…@" + found[0].rpartition("@")[2], text)
