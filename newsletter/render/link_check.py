"""Asking the links of a rendition: guarded, in parallel, each at most once a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import lxml.html

from newsletter.clock import Clock
from newsletter.model.asset import IMAGES
from newsletter.model.linked import LinkAnswer, LinkState
from newsletter.model.rendition import RenditionData
from newsletter.net.fetch import Answer, Failed, Fetched, Fetcher, Request
from newsletter.net.parallel import fetch_all
from newsletter.render.archived import ARCHIVE
from newsletter.settings import Fetching
from newsletter.store import Store, link_answers

FRESH = timedelta(days=1)
FRESH_TROUBLE = timedelta(minutes=10)
"""What was dead is asked again sooner: the editor mends it meanwhile."""
MOST_BYTES = 2 * 1024 * 1024
PATIENCE = 10.0
"""Seconds for one link with its redirects."""
_SHY = frozenset((401, 402, 403, 405, 406, 408, 418, 425, 429, 451, 503, 999))
"""Answers that say something about robots, logins or the hour, and nothing about the page."""


def asked_of(data: RenditionData) -> list[str]:
    """The addresses of a rendition that are worth asking: its links and its pictures, each once."""
    pictures = lxml.html.document_fromstring(data.html).xpath("//img/@src")
    found = (*(link.target for link in data.links), *map(str, pictures))
    # there only once the issue goes out; and our own pictures are known without asking
    ours = (
        re.compile(rf"{re.escape(data.base_url)}(?:(?:/p/[a-z0-9-]+)?{ARCHIVE}|{IMAGES})/") if data.base_url else None
    )
    return [
        url
        for url in dict.fromkeys(found)
        if url.lower().startswith(("http://", "https://")) and not (ours and ours.match(url))
    ]


def check_links(store: Store, limits: Fetching, clock: Clock, urls: Iterable[str]) -> dict[str, LinkAnswer]:
    """What the servers say of these addresses, in their order; recent answers are not asked for again."""
    wanted = list(dict.fromkeys(urls))
    now = clock.now()
    with store.reading() as tx:
        known = {
            url: answer
            for url, answer in link_answers.since(tx, wanted, now - FRESH).items()
            if answer.state in (LinkState.FINE, LinkState.MOVED) or answer.at >= now - FRESH_TROUBLE
        }
    fetcher = Fetcher(replace(limits, max_bytes=min(limits.max_bytes, MOST_BYTES), timeout=PATIENCE))
    requests = {url: Request(url=url) for url in wanted if url not in known}
    fresh = [judged(url, answer, now) for url, answer in fetch_all(fetcher, requests, now=now)]
    with store.writing() as tx:
        link_answers.keep(tx, fresh)
    known |= {answer.url: answer for answer in fresh}
    return {url: known[url] for url in wanted}


def judged(url: str, answer: Answer, now: datetime) -> LinkAnswer:
    """What an answer of the network says about a link."""
    if isinstance(answer, Failed):
        if answer.too_big:
            return LinkAnswer(url=url, state=LinkState.FINE, at=now)
        unsure = answer.status in _SHY or (answer.status or 0) >= 500
        state = LinkState.UNSURE if unsure else LinkState.DEAD
        return LinkAnswer(url=url, state=state, detail=answer.reason, at=now)
    moved = answer.moved_to if answer.moved_to != url else None
    return LinkAnswer(
        url=url,
        state=LinkState.MOVED if moved else LinkState.FINE,
        moved_to=moved,
        size=len(answer.body) if isinstance(answer, Fetched) else None,
        at=now,
    )
