"""Mailboxes as sources: what nobody has read yet becomes items; it is marked after they are kept, never before."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from newsletter.accounts import Accounts
from newsletter.collect.asked import Asked, Taken, told
from newsletter.collect.files import About, read_file
from newsletter.collect.found import Found, Refusal, together
from newsletter.collect.patience import learn
from newsletter.collect.position import TRIES, Position
from newsletter.collect.worker import Readers
from newsletter.model.source import Source, SourceStatus
from newsletter.net.fetch import Failed, NotModified
from newsletter.net.imap import MOST, Letter, Place, Session, Unanswered
from newsletter.settings import Fetching

_AT_ONCE = 8


@contextmanager
def asked_mailboxes(
    sources: Sequence[Source],
    accounts: Accounts,
    limits: Fetching,
    reader: Readers,
    about: About,
    *,
    now: datetime,
) -> Iterator[Iterator[Asked]]:
    """The answers of mailboxes, which are asked while the caller does something else; one at a time per host."""
    by_host: dict[str, list[Source]] = defaultdict(list)
    for one in sources:
        by_host[Place.of(one.url).host].append(one)
    pool = ThreadPoolExecutor(_AT_ONCE)

    def ask(group: Sequence[Source]) -> list[Asked]:
        return [ask_mailbox(one, accounts, limits, reader, about, now=now) for one in group]

    under_way: list[Future[list[Asked]]] = [pool.submit(ask, group) for group in by_host.values()]
    try:
        yield (one for done in as_completed(under_way) for one in done.result())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def ask_mailbox(
    source: Source, accounts: Accounts, limits: Fetching, reader: Readers, about: About, *, now: datetime
) -> Asked:
    """What the new messages of one mailbox hold. Changes nothing there; `taken` says what is to be marked.

    A message at which the conversation ends each time is stepped over after a few looks, with its reason: those behind
    it would never be read.
    """
    jitter = random.random()  # noqa: S311  spreads load, guards nothing
    place = Place.of(source.url)
    parts: list[Found] = []
    kept: list[int] = []
    refused: list[int] = []
    trouble: str | None = None
    at = Position.of(source.memory.etag)
    first_new = 0
    for _ in range(2):  # after a message that is stepped over, those behind it are asked for in the same look
        trouble = None
        try:
            with Session(place, accounts.of(place.host, place.port, place.user), limits) as session:
                session.select()
                first_new = session.next
                if session.validity != at.validity:
                    if refused:
                        break  # the folder was made anew between the two: what was read is not marked there
                    at = Position(session.validity)
                waiting = [uid for uid in session.waiting(after=at.last) if uid not in {*kept, *refused}]
                for letter in session.letters(waiting[:MOST]):
                    found = _read(letter, limits, reader, about)
                    (refused if found.refused and _is_empty(found) else kept).append(letter.uid)
                    parts.append(found)
        except Unanswered as cause:
            trouble = cause.reason
            if cause.at is None:
                break
            at = at.stuck(cause.at)
            if at.tries < TRIES:
                break
            refused.append(cause.at)
            parts.append(Found(refused=(_stepped_over(cause.at, cause.reason),)))
        else:
            break
    done = sorted([*kept, *refused])
    found = together(parts)
    if at.stuck_at in done or trouble is None:
        at = replace(at, stuck_at=None, tries=0)
    if trouble is not None and not done:
        lesson = learn(source, Failed(reason=trouble), now=now, jitter=jitter)
        lesson = replace(lesson, memory=replace(lesson.memory, etag=str(at) if at.validity else None))
        return Asked(source=source, status=SourceStatus.ERROR, lesson=lesson, error=trouble)
    lesson = learn(source, NotModified(), now=now, jitter=jitter)
    # The first look takes what nobody has read; from then on, also what came since and was read before us.
    at = replace(at, last=max([at.last if at.last is not None else first_new - 1, *done]))
    lesson = replace(lesson, memory=replace(lesson.memory, etag=str(at) if at.validity else None))
    error = " ".join(part for part in (told(found.refused), trouble) if part) or None
    status = SourceStatus.OK if done else SourceStatus.NOT_MODIFIED
    taken = Taken(at.validity, tuple(kept), tuple(refused)) if done else None
    return Asked(source=source, status=status, lesson=lesson, found=found, error=error, taken=taken)


def _stepped_over(uid: int, reason: str) -> Refusal:
    why = f"{reason} It ended {TRIES} looks in a row, and was marked as read; open it in a mail program."
    return Refusal(f"message {uid}", why)


def mark(source: Source, taken: Taken, accounts: Accounts, limits: Fetching) -> str | None:
    """Mark what has been kept as read, or move it; one sentence where that was not possible.

    Nothing is lost then: the next run reads it again, knows it by its Message-ID, and marks it.
    """
    place = Place.of(source.url)
    account = accounts.of(place.host, place.port, place.user)
    try:
        with Session(place, account, limits) as session:
            session.select(to_write=True)
            if session.validity != taken.validity:
                return "The folder was made anew meanwhile; nothing in it was marked."
            session.mark((*taken.kept, *taken.refused))
            if account.move_to:
                session.move(taken.kept, account.move_to)
    except Unanswered as cause:
        return f"What was kept could not be marked: {cause.reason}"
    return None


def _read(letter: Letter, limits: Fetching, reader: Readers, about: About) -> Found:
    if letter.content is None:
        size = limits.max_bytes / 1024 / 1024
        reason = f"It is larger than {size:.3g} MiB; fetch.max_bytes sets the limit."
        return Found(refused=(Refusal(f"message {letter.uid}", reason),))
    name = f"{sha256(letter.content).hexdigest()[:32]}.eml"  # where it has no Message-ID: the same each time
    found = read_file(reader, about.document(name, ".eml", letter.content))
    named = tuple(Refusal(one.name.replace(name, f"message {letter.uid}"), one.reason) for one in found.refused)
    # Whoever knows the address can write to it: a list of feeds from there makes no sources by itself.
    lists = tuple(Refusal(one.url, "Feeds that came by mail are added by hand.") for one in found.offers[:1])
    return replace(found, refused=(*named, *lists), offers=())


def _is_empty(found: Found) -> bool:
    return not (found.items or found.calendars or found.event_lines)
