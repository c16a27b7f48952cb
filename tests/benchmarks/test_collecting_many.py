"""Two hundred feeds on forty hosts, each answer 50 ms away; unchanged; and one feed of two thousand entries."""

from __future__ import annotations

import io
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

import feedparser
import pytest

from newsletter.clock import Clock
from newsletter.net.fetch import Fetched, Fetcher, Request
from newsletter.net.parallel import fetch_all
from newsletter.settings import Fetching, Settings
from newsletter.store import Store, publications
from newsletter.workflows import sources
from newsletter.workflows.collect import collect

pytestmark = pytest.mark.benchmark

HOSTS, FEEDS, ENTRIES, DELAY = 40, 200, 50, 0.05
WORDS = (
    "ferry", "bridge", "market", "harbour", "library", "school", "river",
    "council", "garden", "station", "theatre", "baker", "orchard", "mill",
)  # fmt: skip


def feed(number: int, entries: int) -> bytes:
    def text(n: int) -> str:
        seed = number * 7919 + n * 104729
        return " ".join(WORDS[(seed // (step + 1) + step * step) % len(WORDS)] + str(seed % 97) for step in range(60))

    items = "".join(
        f"<item><title>Number {number}.{n} {text(n)[:40]}</title><link>https://a.example/{number}/{n}</link>"
        f"<guid>{number}-{n}</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>"
        f"<description><![CDATA[<p>{text(n)} <a href='/map'>map</a></p>]]></description></item>"
        for n in range(entries)
    )
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


def serve(told: Connection) -> None:
    """The hosts, in a process of their own: else they and what is measured wait for one another."""
    bodies = [feed(number, ENTRIES) for number in range(FEEDS)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(DELAY)
            with suppress(OSError):
                tag = f'"{self.path}"'
                known = self.headers["If-None-Match"] == tag
                self.send_response(304 if known else 200)
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(b"" if known else bodies[int(self.path[1:])])

        def log_message(self, *_: object) -> None:
            pass

    servers = [ThreadingHTTPServer((f"127.0.0.{2 + host}", 0), Handler) for host in range(HOSTS)]
    for server in servers:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    told.send([server.server_port for server in servers])
    with suppress(EOFError):
        told.recv()  # until the other end is closed


@pytest.fixture
def urls() -> Iterator[list[str]]:
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    ports = ours.recv()
    yield [f"http://127.0.0.{2 + number % HOSTS}:{ports[number % HOSTS]}/{number}" for number in range(FEEDS)]
    ours.close()
    process.join(10)


def peak() -> str:
    """The most memory that this process, and its largest child so far, have held: bytes that were in use at once."""
    ours, theirs = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"{ours / 1024:.0f} MiB here, {theirs / 1024:.0f} MiB in a worker process"


def spent() -> float:
    """Seconds of CPU of this process and of its worker processes that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_two_hundred_feeds_on_forty_hosts(sqlite_store: Store, clock: Clock, urls: list[str], tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, fetching=Fetching(allow_private_hosts=True))
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now())
    for url in urls:
        sources.add(sqlite_store, clock, publication, url)
    fetcher = Fetcher(settings.fetching)
    requests = {url: Request(url=url) for url in urls}
    bodies: list[bytes] = []

    def fetch() -> None:
        for _, answer in fetch_all(fetcher, requests, now=clock.now()):
            assert isinstance(answer, Fetched)
            bodies.append(answer.body)

    def once() -> None:
        assert len(collect(sqlite_store, settings, clock, publication).failed) == 0

    host = DELAY * FEEDS / HOSTS
    fetching = seconds(fetch)
    began = time.process_time()
    for body in bodies:
        feedparser.parse(io.BytesIO(body))
    parsing = time.process_time() - began
    cores = os.cpu_count() or 1
    before = spent()
    first = seconds(once)
    work = spent() - before
    again = seconds(once)
    plain = DELAY * FEEDS + parsing
    print(f"\n{FEEDS} feeds of {ENTRIES} entries, {HOSTS} hosts, {cores} cores")
    print(f"fetching {fetching:.2f} s, {fetching / host:.1f}× the slowest host's own {host:.2f} s")
    bound = host + parsing / cores
    print(f"whole run {first:.2f} s, {first / bound:.2f}× of host + feedparser's {parsing:.2f} s / cores")
    print(f"its CPU {work:.2f} s: {work / cores / bound:.2f}× of the same, if all cores were ours alone")
    print(f"again, unchanged {again:.2f} s: {first / again:.1f}× faster")
    print(f"memory at most: {peak()}")
    print(f"the plain loop {plain:.2f} s: {plain / first:.2f}× of the whole run")


def test_a_feed_of_two_thousand_entries(sqlite_store: Store, clock: Clock, tmp_path: Path, web: object) -> None:
    settings = Settings(workspace=tmp_path, fetching=Fetching(allow_private_hosts=True))
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now())
    sources.add(sqlite_store, clock, publication, web.serve("/feed", feed(1, 2000)))  # type: ignore[attr-defined]
    took = seconds(lambda: collect(sqlite_store, settings, clock, publication))
    print(f"\n2,000 entries: {took:.2f} s (wanted: under 4 s)")


@pytest.mark.parametrize("megabytes", [1, 9])
def test_memory_is_bounded_by_the_cap_and_not_by_the_feed(
    sqlite_store: Store, clock: Clock, tmp_path: Path, web: object, megabytes: int
) -> None:
    """A feed as large as the cap allows beside a small one: what is held grows with the cap alone."""
    settings = Settings(workspace=tmp_path, fetching=Fetching(allow_private_hosts=True))
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now())
    body = feed(1, 1_200 * megabytes)[: megabytes * 1024 * 1024]
    sources.add(sqlite_store, clock, publication, web.serve("/feed", body))  # type: ignore[attr-defined]
    took = seconds(lambda: collect(sqlite_store, settings, clock, publication))
    print(f"\n{megabytes} MiB of feed: {took:.1f} s, {peak()}")
