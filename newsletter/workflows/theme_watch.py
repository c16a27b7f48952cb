"""A theme in the browser while it is being made: a page on this machine that shows each change as it is saved."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newsletter.errors import NewsletterError
from newsletter.render.themes import open_theme
from newsletter.settings import Settings
from newsletter.workflows.themes import sample_in

_PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<style>body {{ margin: 0; background: #ddd; display: flex; gap: 16px; padding: 16px; }}
iframe {{ border: 0; background: #fff; height: 94vh; }} #phone {{ width: 375px; }} #desk {{ flex: 1; }}</style>
<body><iframe id="phone" title="Phone" src="/mail"></iframe><iframe id="desk" title="Desktop" src="/mail"></iframe>
<script>
let seen = "";
setInterval(async () => {{
  const now = await (await fetch("/version")).text().catch(() => seen);
  if (seen && now !== seen) for (const frame of document.querySelectorAll("iframe")) frame.src = "/mail";
  seen = now;
}}, 700);
</script></body></html>"""

_MISTAKE = '<!DOCTYPE html><html lang="en"><title>A mistake</title>'


def watch(settings: Settings, name: str, port: int, started: Callable[[str], None]) -> None:
    """Serve the sample issue in a theme on loopback until Ctrl-C; `started` is told the address.

    Raises NotFound for an unknown theme, NewsletterError where the port is taken.
    """
    server = watching(settings, name, port)
    started(f"http://127.0.0.1:{server.server_port}/")
    try:
        server.serve_forever()
    finally:
        server.server_close()


def watching(settings: Settings, name: str, port: int) -> ThreadingHTTPServer:
    """The server of `watch`, not yet serving."""
    open_theme(name, settings)

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {"/": lambda: _PAGE.format(name=escape(name)), "/mail": lambda: mail(settings, name)}
            answers["/version"] = lambda: version(settings, name)
            found = answers.get(self.path)
            # no host but ours: a page elsewhere must not read it through a name that points here
            local = (self.headers.get("Host") or "").rsplit(":", 1)[0] in ("127.0.0.1", "localhost")
            body = found().encode() if found and local else b"There is nothing here."
            self.send_response(200 if found and local else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), Page)
    except OSError as cause:
        raise NewsletterError(f"Port {port} is taken; choose another --port.", where="--port") from cause


def mail(settings: Settings, name: str) -> str:
    """The sample, or what is wrong."""
    try:
        return sample_in(settings, name).html
    except NewsletterError as cause:
        return f'{_MISTAKE}<pre style="white-space:pre-wrap">{escape(cause.message)}</pre>'


def version(settings: Settings, name: str) -> str:
    """What changes when a file of the theme does."""
    try:
        folders = open_theme(name, settings).folders
    except NewsletterError as cause:
        return cause.message
    files = [f"{file}:{file.stat().st_mtime_ns}" for folder in folders for file in sorted(folder.rglob("*"))]
    return sha256("\n".join(files).encode()).hexdigest()
