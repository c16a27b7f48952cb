"""Asking sources: what each gave, or why it gave nothing. One bad source never stops the rest."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from newsletter.accounts import Accounts
from newsletter.collect.asked import Asked, told
from newsletter.collect.files import About, read_file
from newsletter.collect.folder import DroppedFile, Scan, scan
from newsletter.collect.formats.listing import chrome_of
from newsletter.collect.found import CalendarFile, Document, Found, Unreadable, together
from newsletter.collect.mailbox import asked_mailboxes
from newsletter.collect.patience import Lesson, learn, request
from newsletter.collect.reading import CALENDAR, COMPARED, FILE_FORMATS
from newsletter.collect.rules import newest
from newsletter.collect.worker import Readers
from newsletter.model.source import Source, SourceId, SourceKind, SourceStatus
from newsletter.net.fetch import Answer, Failed, Fetched, Fetcher
from newsletter.net.parallel import fetch_all


def ask_all(
    sources: Sequence[Source],
    fetcher: Fetcher,
    reader: Readers,
    *,
    about: About,
    accounts: Accounts,
    now: datetime,
    force: bool,
) -> Iterator[Asked]:
    """Every source's answer as it arrives. `about`: what is known about files and messages before they are read."""
    local = (SourceKind.FOLDER, SourceKind.MAILBOX)
    feeds = {one.id: one for one in sources if one.kind not in local}
    answers = fetch_all(fetcher, {key: request(one, force=force) for key, one in feeds.items()}, now=now)
    mailboxes = [one for one in sources if one.kind is SourceKind.MAILBOX]
    with asked_mailboxes(mailboxes, accounts, fetcher.limits, reader, about, now=now) as letters:
        for folder in (one for one in sources if one.kind is SourceKind.FOLDER):
            yield _folder(folder, reader, about, max_bytes=fetcher.limits.max_bytes, force=force)
        yield from _read(answers, feeds, reader, now)
        yield from letters


def _read(
    answers: Iterator[tuple[SourceId, Answer]], feeds: Mapping[SourceId, Source], reader: Readers, now: datetime
) -> Iterator[Asked]:
    """Read the answers as they come, as many at once as there are processes."""
    pool = ThreadPoolExecutor(reader.count)
    under_way: set[Future[Asked]] = set()
    try:
        for key, answer in answers:
            if not isinstance(answer, Fetched):
                yield _feed(feeds[key], answer, reader, now)
                continue
            under_way.add(pool.submit(_feed, feeds[key], answer, reader, now))
            if len(under_way) > reader.count:  # no more bodies are held than are being read
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        for one in as_completed(under_way):
            yield one.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _feed(source: Source, answer: Answer, reader: Readers, now: datetime) -> Asked:
    jitter = random.random()  # noqa: S311  spreads load, guards nothing
    lesson = learn(source, answer, now=now, jitter=jitter)
    if isinstance(answer, Failed):
        status = SourceStatus.GONE if answer.gone else SourceStatus.ERROR
        return Asked(source=source, status=status, lesson=lesson, error=answer.reason)
    if not isinstance(answer, Fetched):
        return Asked(source=source, status=SourceStatus.NOT_MODIFIED, lesson=lesson)
    if _is_calendar(answer.body):
        found = Found(calendars=(CalendarFile(source.name, answer.body),))
        return Asked(source=source, status=SourceStatus.OK, lesson=lesson, found=found)
    if source.kind is SourceKind.CALENDAR:
        lesson = learn(source, answer, now=now, jitter=jitter, unreadable=True)
        reason = "It is no calendar: it does not begin with BEGIN:VCALENDAR."
        return Asked(source=source, status=SourceStatus.ERROR, lesson=lesson, error=reason)
    headers = {name: answer.headers[name] for name in ("content-type", "content-language") if name in answer.headers}
    try:
        found = reader.read(Document(name=answer.url, format="feed", body=answer.body, headers=headers))
    except Unreadable as cause:
        lesson = learn(source, answer, now=now, jitter=jitter, unreadable=True)
        return Asked(source=source, status=SourceStatus.ERROR, lesson=lesson, error=cause.reason)
    if found.ttl:
        lesson = learn(source, answer, now=now, jitter=jitter, ttl=found.ttl)
    lesson = replace(lesson, memory=replace(lesson.memory, quiet=found.quiet))
    if found.is_cut:  # a 304 would hide the rest of it for good
        lesson = replace(lesson, memory=replace(lesson.memory, etag=None, last_modified=None))
    found = replace(found, items=tuple(newest(found.items, source.rules)))
    return Asked(source=source, status=SourceStatus.OK, lesson=lesson, found=found, error=told(found.refused))


def _is_calendar(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def _folder(source: Source, reader: Readers, about: About, *, max_bytes: int, force: bool) -> Asked:
    lesson = Lesson(source.memory)
    try:
        scanned = scan(Path(source.url), endings=FILE_FORMATS | {CALENDAR}, max_bytes=max_bytes, force=force)
    except Unreadable as cause:
        return Asked(source=source, status=SourceStatus.ERROR, lesson=lesson, error=cause.reason)
    found = _read_files(scanned, reader, about)
    error = told(found.refused)
    nothing = found.refused and not (found.items or found.calendars or found.offers or found.waiting)
    status = SourceStatus.ERROR if nothing else SourceStatus.OK
    return Asked(source=source, status=status, lesson=lesson, found=found, error=error)


def _read_files(scanned: Scan, reader: Readers, about: About) -> Found:
    parts = [Found(refused=scanned.refused, waiting=scanned.waiting, ignored=scanned.ignored)]
    chrome = _chrome(scanned.files, reader)
    for file in scanned.files:
        if file.ending == CALENDAR:
            parts.append(Found(calendars=(CalendarFile(file.name, file.content),)))
        else:
            shared = chrome.get(file.name, frozenset())
            parts.append(read_file(reader, about.document(file.name, file.ending, file.content, chrome=shared)))
    return together(parts)


def _chrome(files: Sequence[DroppedFile], reader: Readers) -> dict[str, frozenset[str]]:
    """What each saved page shares with its siblings in the folder."""
    pages: dict[str, tuple[str, ...]] = {}
    compared = [file for file in files if file.ending in COMPARED]
    for file in compared if len(compared) > 1 else ():
        try:
            pages[file.name] = reader.read(
                Document(name=file.name, format=f"keys{file.ending}", body=file.content)
            ).keys
        except Unreadable:
            continue  # told when it is read
    return dict(zip(pages, chrome_of(list(pages.values())), strict=True))
