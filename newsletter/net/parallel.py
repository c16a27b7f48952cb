"""Many hosts at once, each host one request at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import SimpleQueue
from typing import TypeVar
from urllib.parse import urlsplit

from newsletter.net.fetch import Answer, Failed, Fetcher, Request

Key = TypeVar("Key", bound=Hashable)


def fetch_all(fetcher: Fetcher, requests: Mapping[Key, Request], *, now: datetime) -> Iterator[tuple[Key, Answer]]:
    """The answers as they arrive, in no order, each under the key of its request.

    A host that is down is asked once: its other requests get the same reason.
    """
    by_host: dict[str, list[Key]] = defaultdict(list)
    for key, request in requests.items():
        by_host[_host(request.url)].append(key)
    answers: SimpleQueue[tuple[Key, Answer]] = SimpleQueue()

    def ask(keys: list[Key]) -> None:
        down: dict[str, Failed] = {}
        for key in keys:
            place = _place(requests[key].url)
            try:
                answer = down.get(place) or fetcher.fetch(requests[key], now=now)
            except Exception as cause:  # a mistake of ours about one server must not stop the others
                answer = Failed(reason=f"Asking {place} failed ({type(cause).__name__}); please report it.")
            if isinstance(answer, Failed) and answer.host_is_down:
                down[place] = answer
            answers.put((key, answer))

    pool = ThreadPoolExecutor(max_workers=max(1, min(fetcher.limits.parallel, len(by_host))))
    try:
        for keys in by_host.values():
            pool.submit(ask, keys)
        for _ in requests:
            yield answers.get()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _place(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return url
