"""The guarded fetcher against servers that misbehave."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock
from typing import Any

import brotli
import pytest

from newsletter.net.fetch import Answer, Failed, Fetched, Fetcher, NotModified, Request, retry_after
from newsletter.net.parallel import fetch_all
from newsletter.settings import Fetching

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
OPEN = Fetching(allow_private_hosts=True, timeout=5.0, max_bytes=100_000)

BOMB = gzip.compress(bytes(50_000_000), compresslevel=1, mtime=0)


def ask(url: str, limits: Fetching = OPEN, **known: str) -> Answer:
    return Fetcher(limits).fetch(Request(url=url, **known), now=NOW)


def reason(answer: Answer) -> str:
    assert isinstance(answer, Failed), answer
    assert answer.reason.endswith(".")
    assert "\n" not in answer.reason
    return answer.reason


def test_a_body_arrives_with_its_headers(web: Any) -> None:
    answer = ask(web.serve("/feed", "<rss/>", etag='"1"', content_type="application/rss+xml"))
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.headers["etag"], answer.url) == (b"<rss/>", '"1"', web.url("/feed"))
    assert "newsletter-desk" in web.asked[0][1]["user-agent"]


def test_what_is_known_is_not_sent_again(web: Any) -> None:
    url = web.serve("/feed", "<rss/>", etag='"1"')
    assert isinstance(ask(url, etag='"1"', last_modified="Fri, 27 Nov 2026 08:00:00 GMT"), NotModified)
    assert web.asked[0][1]["if-modified-since"] == "Fri, 27 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("identity", bytes),
        ("br", brotli.compress),
    ],
)
def test_packed_bodies_are_undone(web: Any, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = b"<rss>" + b"Alderwick " * 500 + b"</rss>"
    answer = ask(web.serve("/feed", pack(body), content_encoding=encoding))
    assert isinstance(answer, Fetched)
    assert answer.body == body


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (b"x" * 200_000, {}, "sent more than"),
        (BOMB, {"content_encoding": "gzip"}, "sent more than"),
        (BOMB, {}, "sent more than"),
        (gzip.compress(b"Alderwick" * 99, mtime=0)[:-20], {}, "ends too early"),
        (b"not gzip", {"content_encoding": "gzip"}, "it is not gzip"),
        (gzip.compress(b"Alderwick" * 99, mtime=0)[:-20], {"content_encoding": "gzip"}, "ends too early"),
        (b"x", {"content_encoding": "zstd"}, "packed as “zstd”"),
        (brotli.compress(b"0" * 50_000_000, quality=1), {"content_encoding": "br"}, "sent more than"),
        (b"not brotli at all", {"content_encoding": "br"}, "it is not br"),
        (brotli.compress(bytes(range(256)) * 99)[:-9], {"content_encoding": "br"}, "ends too early"),
    ],
)
def test_a_body_that_cannot_be_taken_is_a_reason(web: Any, body: bytes, headers: dict[str, str], words: str) -> None:
    assert words in reason(ask(web.serve("/feed", body, **headers)))


def test_a_body_without_a_length_is_cut_at_the_cap(web: Any) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not web.stopping.is_set():
            handler.wfile.write(b"x" * 10_000)

    web.answers["/feed"] = endless
    assert "sent more than" in reason(ask(web.url("/feed")))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_meets_the_wall_clock(web: Any, head: bytes) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        while not web.stopping.wait(0.05):  # well within any timeout of a single read
            handler.wfile.write(b"x")

    web.answers["/feed"] = drip
    assert "took longer than 0.4 s" in reason(ask(web.url("/feed"), replace(OPEN, timeout=0.4)))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", " broke off after 9 of 1000 bytes."),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n", " bytes."),
    ],
)
def test_a_connection_that_breaks_off_is_a_reason(web: Any, head: bytes, words: str) -> None:
    def breaks(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head + b"only this")

    web.answers["/feed"] = breaks
    assert reason(ask(web.url("/feed"))).endswith(words)


def test_a_packed_file_is_undone_though_nothing_says_that_it_is_packed(web: Any) -> None:
    body = b"<rss>" + b"Alderwick " * 500 + b"</rss>"
    answer = ask(web.serve("/feed.gz", gzip.compress(body)))
    assert isinstance(answer, Fetched)
    assert answer.body == body


def test_redirects_are_followed_and_permanent_ones_told(web: Any) -> None:
    web.serve("/new", "<rss/>")
    answer = ask(web.serve("/old", status=301, location="/new"))
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.moved_to) == (web.url("/new"), web.url("/new"))
    temporary = ask(web.serve("/moody", status=302, location="/old"))
    assert isinstance(temporary, Fetched)
    assert temporary.moved_to is None


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/loop", "redirects more than 5 times"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/x", "only http and https"),
        ("http://[broken", "cannot be read"),
    ],
)
def test_a_redirect_to_nowhere_good_is_refused(web: Any, location: str, words: str) -> None:
    assert words in reason(ask(web.serve("/loop", status=302, location=location)))


def test_every_hop_of_a_redirect_is_checked(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public server that redirects to a private address."""
    from newsletter.net import guard

    real = guard.is_public
    public = web.url().split("/")[2].split(":")[0]
    monkeypatch.setattr(guard, "is_public", lambda address: address == public or real(address))
    answer = ask(
        web.serve("/feed", status=302, location="http://127.0.0.2:1/x"), replace(OPEN, allow_private_hosts=False)
    )
    assert "127.0.0.2" in reason(answer)
    assert "private address" in reason(answer)


def test_the_connection_goes_to_the_address_that_was_checked(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once: a second answer (DNS rebinding) is never asked for."""
    real, resolved = socket.getaddrinfo, []

    def resolve(host: str, *args: Any, **options: Any) -> Any:
        resolved.append(host)
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = web.serve("/feed", "<rss/>").replace("127.0.0.1", "feeds.alderwick.example")
    assert isinstance(ask(url), Fetched)
    assert resolved == ["feeds.alderwick.example"]
    assert web.asked[0][1]["host"].startswith("feeds.alderwick.example")


def test_a_literal_address_is_asked_of_no_resolver_and_checked_all_the_same(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(*_: Any, **__: Any) -> Any:
        raise AssertionError("a resolver was asked")

    url = web.serve("/feed", "<rss/>")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert isinstance(ask(url), Fetched)
    assert "private address" in reason(ask(url, replace(OPEN, allow_private_hosts=False)))


def test_no_proxy_is_taken_from_the_environment(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert isinstance(ask(web.serve("/feed", "<rss/>")), Fetched)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])
def test_private_addresses_are_refused_unless_allowed(host: str) -> None:
    assert "private address" in reason(ask(f"http://{host}:9/feed", replace(OPEN, allow_private_hosts=False)))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/feed", "refused the connection"),
        ("http://no-such-host.invalid/feed", "no host called no-such-host.invalid"),
        ("file:///etc/passwd", "only http and https"),
        ("gopher://example.org/", "only http and https"),
        ("http:///feed", "names no host"),
        ("http://example.org:99999/", "cannot be read"),
        ("http://" + "a" * 70 + ".example/", "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_a_reason(url: str, words: str) -> None:
    assert words in reason(ask(url))


def test_tls_that_is_not_valid_is_a_reason(web: Any) -> None:
    assert "TLS" in reason(ask(web.serve("/feed").replace("http:", "https:")))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "nothing at this address"),
        (401, "login"),
        (403, "not allow"),
        (500, "answered 500"),
        (204, "answered 204"),
    ],
)
def test_other_answers_are_reasons(web: Any, status: int, words: str) -> None:
    assert words in reason(ask(web.serve("/feed", status=status)))


def test_gone_and_patience_are_told_apart(web: Any) -> None:
    gone = ask(web.serve("/gone", status=410))
    busy = ask(web.serve("/busy", status=503, retry_after="120"))
    assert isinstance(gone, Failed)
    assert gone.gone
    assert isinstance(busy, Failed)
    assert busy.retry_after == 120


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("99999999999", 86_400),
        ("Fri, 27 Nov 2026 08:10:00 GMT", 600),
        ("Sat, 27 Nov 2027 08:10:00 GMT", 86_400),
        ("Fri, 27 Nov 2026 07:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_one_host_is_asked_one_request_at_a_time(web: Any) -> None:
    busy, most, lock = 0, 0, Lock()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        Event().wait(0.02)
        with lock:
            busy -= 1
        handler.send_response(304)
        handler.end_headers()

    requests = {}
    for number in range(6):
        web.answers[f"/{number}"] = slowly
        requests[number] = Request(url=web.url(f"/{number}"))
    answers = dict(fetch_all(Fetcher(OPEN), requests, now=NOW))
    assert answers == dict.fromkeys(range(6), NotModified())
    assert most == 1


def test_one_bad_host_never_stops_the_rest(web: Any) -> None:
    requests = {
        "good": Request(url=web.serve("/feed", "<rss/>")),
        "dead": Request(url="http://127.0.0.2:9/a"),
        "dead too": Request(url="http://127.0.0.2:9/b"),
        "nonsense": Request(url="http://[broken"),
    }
    answers = dict(fetch_all(Fetcher(OPEN), requests, now=NOW))
    assert isinstance(answers.pop("good"), Fetched)
    assert {key: type(answer) for key, answer in answers.items()} == dict.fromkeys(answers, Failed)
