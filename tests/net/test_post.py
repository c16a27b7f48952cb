"""A POST to a webhook: guarded, bounded, and every failure a sentence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from newsletter.net.post import post_json
from newsletter.settings import Fetching

OPEN = Fetching(allow_private_hosts=True, timeout=1.0)


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads a request and does as told."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def serve() -> None:
            with suppress(OSError):
                line, _ = server.accept()
                with line:
                    line.recv(65_536)
                    answer(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        stop.set()
        thread.join(5)


def slow(line: socket.socket) -> None:
    pause = threading.Event()
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50:
        line.sendall(bytes([byte]))
        pause.wait(0.05)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda line: line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n"), None),
        (lambda line: line.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), "answered 500"),
        (
            lambda line: line.sendall(b"HTTP/1.1 302 Go\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
            "302",
        ),
        (lambda line: line.sendall(b"nonsense\r\n\r\n"), "broke off"),
        (lambda line: None, "broke off"),
        (slow, "did not answer within 1 s"),
    ],
)
def test_what_a_server_answers(answer: Callable[[socket.socket], None], why: str | None) -> None:
    with answering(answer) as url:
        found = post_json(OPEN, url, {"kind": "held"})
    if why is None:
        assert found is None
    else:
        assert found is not None
        assert why in found


@pytest.mark.parametrize(
    ("limits", "url", "why"),
    [
        (Fetching(timeout=1.0), "http://127.0.0.1:9/hook", "private address"),
        (Fetching(timeout=1.0), "http://169.254.169.254/latest", "private address"),
        (OPEN, "http://127.0.0.1:9/hook", "refused"),
        (OPEN, "ftp://127.0.0.1/", "must begin with http"),
        (OPEN, "http://[::1", "cannot be read"),
    ],
)
def test_what_is_never_reached(limits: Fetching, url: str, why: str) -> None:
    found = post_json(limits, url, {})
    assert found is not None
    assert why in found
