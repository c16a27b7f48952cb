"""Politeness: when a source is asked again, and what is remembered of an answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from newsletter.model.source import FetchMemory, Source, SourceStatus
from newsletter.net.fetch import Answer, Failed, Fetched, NotModified, Request
from newsletter.text.characters import one_line

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
LONGEST_REST = timedelta(hours=12)
"""What a feed may say of itself: that nothing changes for so long."""
MOVED_AFTER = 3
"""Checks in a row that must name the same new address before it is believed: some redirects are mistakes."""
_MAX_VALIDATOR = 500


@dataclass(frozen=True)
class Lesson:
    """What to remember after an answer, and where the source lives from now on, if that has changed."""

    memory: FetchMemory
    url: str | None = None


def is_due(source: Source, now: datetime) -> bool:
    """Whether a source may be asked now: it is not gone, and nothing asked for patience."""
    if source.status is SourceStatus.GONE or not source.active:
        return False
    quiet = source.memory.quiet
    if quiet is not None and quiet.covers(now):
        return False
    return source.memory.next_at is None or source.memory.next_at <= now


def due_again(source: Source, now: datetime) -> tuple[datetime, str] | None:
    """From when on a source may be asked (UTC), and why not before, in words that follow “because”.

    None where it may be asked now, as far as patience goes.
    """
    memory = source.memory
    at, why = (memory.next_at, memory.next_why or "") if memory.next_at else (now, "")
    if memory.quiet is not None and memory.quiet.covers(max(at, now)):
        return memory.quiet.end(max(at, now)), "the feed itself asks to be left alone at such an hour or day"
    return (at, why) if memory.next_at else None


def request(source: Source, *, force: bool) -> Request:
    """A conditional request; with `force` an unconditional one."""
    if force:
        return Request(url=source.url)
    return Request(url=source.url, etag=source.memory.etag, last_modified=source.memory.last_modified)


def wait(failures: int, jitter: float) -> timedelta:
    """How long to leave a source alone after so many failures in a row; `jitter` from 0 to 1 spreads it by a fifth."""
    longest: timedelta = min(FIRST_WAIT * 2 ** min(max(failures - 1, 0), 20), LONGEST_WAIT)
    return longest * (0.9 + 0.2 * jitter)


def learn(
    source: Source,
    answer: Answer,
    *,
    now: datetime,
    jitter: float,
    unreadable: bool = False,
    ttl: timedelta | None = None,
) -> Lesson:
    """What an answer teaches. `unreadable`: it came, and could not be read; its validators are not kept then.

    `ttl`: how long the feed itself says that it stays as it is.
    """
    memory = source.memory
    if isinstance(answer, Failed) or unreadable:
        failures = memory.failures + 1
        pause = wait(failures, jitter)
        why = "it failed" if failures == 1 else f"it failed {failures} times in a row"
        if (
            isinstance(answer, Failed)
            and answer.retry_after is not None
            and answer.retry_after >= pause.total_seconds()
        ):
            pause, why = timedelta(seconds=answer.retry_after), "its server asked for patience"
        return Lesson(replace(memory, failures=failures, next_at=now + pause, next_why=why))
    memory = replace(memory, failures=0, **_rest(source, answer, now, ttl))
    if isinstance(answer, Fetched):
        memory = replace(memory, etag=_validator(answer, "etag"), last_modified=_validator(answer, "last-modified"))
    if answer.moved_to is None or answer.moved_to == source.url:
        return Lesson(replace(memory, moved_to=None, moved_count=0))
    count = memory.moved_count + 1 if answer.moved_to == memory.moved_to else 1
    moved = answer.moved_to if count >= MOVED_AFTER else None
    return Lesson(replace(memory, moved_to=answer.moved_to, moved_count=count), moved)


def _rest(source: Source, answer: Answer, now: datetime, ttl: timedelta | None) -> dict[str, Any]:
    """When a source that answered is asked again: at once, unless an editor, its server or the feed says later.

    A 304 stands for what was said before, where it says nothing itself (RFC 9111 §4.3.4).
    """
    wanted = source.rules.interval or timedelta()
    said = [(timedelta(), "")]
    if isinstance(answer, Fetched | NotModified) and "cache-control" in answer.headers:
        said.append((max_age(answer.headers["cache-control"]), "its server said so (max-age)"))
    elif isinstance(answer, NotModified) and source.memory.rest:
        said.append((source.memory.rest, "nothing has changed, and it said so before"))
    said.append((ttl or timedelta(), "the feed itself says so (ttl)"))
    rest, why = max(said, key=lambda one: one[0])
    rest = min(rest, LONGEST_REST)
    pause, why = (rest, why) if rest > wanted else (wanted, "its interval is set so")
    told = {"next_at": now + pause, "next_why": why} if pause else {"next_at": None, "next_why": None}
    return {**told, "rest": rest or None}


def max_age(value: str) -> timedelta:
    """How long an answer is fresh, by its Cache-Control (RFC 9111 §5.2.2.1); zero where it does not say."""
    parts = [part.strip().lower() for part in value.split(",")]
    if "no-cache" in parts or "no-store" in parts:
        return timedelta()
    for part in parts:
        name, _, seconds = part.partition("=")
        seconds = seconds.strip('"')
        if name == "max-age" and seconds.isascii() and seconds.isdigit():
            return timedelta(seconds=min(int(seconds[:9]), 10**8))
    return timedelta()


def _validator(answer: Fetched, name: str) -> str | None:
    value = one_line(answer.headers.get(name, ""))
    return value if 0 < len(value) <= _MAX_VALIDATOR else None
