"""Asking sources: what each gave, or why it gave nothing. One bad source never stops the rest."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from newsletter.collect.folder import DroppedFile, Scan, scan
from newsletter.collect.formats.listing import chrome_of
from newsletter.collect.found import CalendarFile, Document, Found, Offer, Refusal, Unreadable
from newsletter.collect.patience import Lesson, learn, request
from newsletter.collect.reading import CALENDAR, COMPARED, FILE_FORMATS
from newsletter.collect.rules import newest
from newsletter.collect.worker import Readers
from newsletter.model.item import ItemData
from newsletter.model.source import Source, SourceId, SourceKind, SourceStatus
from newsletter.net.fetch import Answer, Failed, Fetched, Fetcher
from newsletter.net.parallel import fetch_all


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What became of asking one source."""

    source: Source
    status: SourceStatus
    """`ok`, `not-modified`, `error` or `gone`."""
    lesson: Lesson
    found: Found = field(default_factory=Found)
    error: str | None = None
    """One sentence for a person."""

    @property
    def succeeded(self) -> bool:
        """Whether the source answered."""
        return self.status in (SourceStatus.OK, SourceStatus.NOT_MODIFIED)


def ask_all(
    sources: Sequence[Source],
    fetcher: Fetcher,
    reader: Readers,
    *,
    zone: str,
    now: datetime,
    force: bool,
    outlets: frozenset[str] = frozenset(),
) -> Iterator[Asked]:
    """Every source's answer as it arrives.

    `zone`: what a date in a dropped file means that names none; `outlets`: the names of outlets that are known.
    """
    feeds = {one.id: one for one in sources if one.kind is not SourceKind.FOLDER}
    answers = fetch_all(fetcher, {key: request(one, force=force) for key, one in feeds.items()}, now=now)
    for folder in (one for one in sources if one.kind is SourceKind.FOLDER):
        yield _folder(folder, reader, zone, outlets, max_bytes=fetcher.limits.max_bytes, force=force)
    yield from _read(answers, feeds, reader, now)


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
    found = replace(found, items=tuple(newest(found.items, source.rules)))
    return Asked(source=source, status=SourceStatus.OK, lesson=lesson, found=found, error=_told(found.refused))


def _is_calendar(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def _folder(
    source: Source, reader: Readers, zone: str, outlets: frozenset[str], *, max_bytes: int, force: bool
) -> Asked:
    lesson = Lesson(source.memory)
    try:
        scanned = scan(Path(source.url), endings=FILE_FORMATS | {CALENDAR}, max_bytes=max_bytes, force=force)
    except Unreadable as cause:
        return Asked(source=source, status=SourceStatus.ERROR, lesson=lesson, error=cause.reason)
    found = _read_files(scanned, reader, zone, outlets)
    error = _told(found.refused)
    nothing = found.refused and not (found.items or found.calendars or found.offers or found.waiting)
    status = SourceStatus.ERROR if nothing else SourceStatus.OK
    return Asked(source=source, status=status, lesson=lesson, found=found, error=error)


def _read_files(scanned: Scan, reader: Readers, zone: str, outlets: frozenset[str]) -> Found:
    items: list[ItemData] = []
    offers: list[Offer] = []
    calendars: list[CalendarFile] = []
    lines: list[str] = []
    refused = list(scanned.refused)
    chrome = _chrome(scanned.files, reader)
    for file in scanned.files:
        if file.ending == CALENDAR:
            calendars.append(CalendarFile(file.name, file.content))
            continue
        try:
            found = reader.read(
                Document(
                    name=file.name,
                    format=file.ending,
                    body=file.content,
                    zone=zone,
                    outlets=outlets,
                    chrome=chrome.get(file.name, frozenset()),
                )
            )
        except Unreadable as cause:
            refused.append(Refusal(file.name, cause.reason))
            continue
        items += found.items
        calendars += found.calendars
        offers += found.offers
        lines += found.event_lines
        refused += (Refusal(f"{file.name}, {one.name}", one.reason) for one in found.refused)
    return Found(
        items=tuple(items),
        calendars=tuple(calendars),
        offers=tuple(offers),
        event_lines=tuple(lines),
        refused=tuple(refused),
        waiting=scanned.waiting,
        ignored=scanned.ignored,
    )


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


def _told(refused: Sequence[Refusal]) -> str | None:
    """Some refusals in one sentence."""
    if not refused:
        return None
    named = "; ".join(f"{one.name}: {one.reason.rstrip('.')}" for one in refused[:3])
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    return f"Left out: {named}{more}."
