"""Turns at a server whose limits are reached wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from newsletter.settings import Smtp
from newsletter.store import Tx, server_limits

T = TypeVar("T")


@dataclass(frozen=True)
class Later:
    """The limits of the server are reached."""

    at: datetime
    """When to ask again."""


def limited(tx: Tx, turns: Sequence[tuple[Smtp, T]], *, now: datetime) -> dict[T, Later]:
    """Take one message for each of these from what its server still takes; those that must wait, and until when."""
    later: dict[T, Later] = {}
    for server in {server for server, _ in turns}:
        theirs = [turn for of, turn in turns if of == server]
        granted, again = server_limits.take(tx, server.account, server.limits, len(theirs), now=now)
        later |= {turn: Later(again) for turn in theirs[granted:]}
    return later
