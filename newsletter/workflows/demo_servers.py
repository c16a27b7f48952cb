"""The demo's surroundings on loopback: a web server with its feeds, and an SMTP server that keeps what it gets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError

_TYPES = {".xml": "application/xml", ".json": "application/feed+json"}


@contextmanager
def serve_feeds(feeds: Mapping[str, bytes]) -> Iterator[str]:
    """Serve these documents by their names; the base URL, with a trailing slash."""

    class Feeds(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = feeds.get(self.path.lstrip("/"))
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", _TYPES.get(Path(self.path).suffix, "text/plain"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """The demo's own lines are enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox:
    """What an SMTP server of aiosmtpd does with a message: it becomes a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, named by its reader."""
        reader = envelope.rcpt_tos[0]
        self.received.append(reader)
        name = "".join(letter if letter.isalnum() or letter in "@.-" else "_" for letter in reader)
        (self.folder / f"{len(self.received):02}-{name}.eml").write_bytes(envelope.original_content)
        return "250 2.0.0 kept"


@contextmanager
def catch_mail(folder: Path) -> Iterator[tuple[Mailbox, int]]:
    """A real SMTP server in a thread, and its port. Raises NewsletterError where it cannot start."""
    from aiosmtpd.controller import Controller

    mailbox = Mailbox(folder)
    with socket.create_server(("127.0.0.1", 0)) as probe:  # aiosmtpd cannot tell which port the system chose
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    try:
        controller.start()
    except (OSError, RuntimeError) as cause:
        raise NewsletterError(f"The demo's mail server cannot start: {cause}.", code="demo") from cause
    try:
        yield mailbox, port
    finally:
        controller.stop()
