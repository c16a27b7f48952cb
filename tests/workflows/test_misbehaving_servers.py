"""Every way in which a server or a feed can misbehave gives a state and a sentence, beside a good one that is read."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from newsletter.model.source import SourceStatus


def rss(*items: str, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Times</title>{"".join(items)}</channel></rss>'
    )


def item(title: str = "Bridge", number: int | str = 1, more: str = "") -> str:
    link = f"https://alderwick.example.org/{number}"
    return f"<item><title>{title}</title><link>{link}</link><guid>{number}</guid>{more}</item>"


def raw(answer: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: (handler.wfile.write(answer) and None) or None


def http(body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body) if length is None else length, body)


ENTITY_BOMB = (
    "<!DOCTYPE rss ["
    + '<!ENTITY a0 "Alderwick">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def slow_loris(web: Any) -> Callable[[BaseHTTPRequestHandler], None]:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not web.stopping.wait(0.05):
            handler.wfile.write(b"X")

    return drip


REFUSED: dict[str, tuple[Any, str, str]] = {
    # what the server does, the state, words of the sentence
    "a redirect loop": ({"status": 302, "location": "/feed"}, "error", "redirects more than 5 times"),
    "410": ({"status": 410}, "gone", "gone for good"),
    "429 with seconds": ({"status": 429, "retry_after": "7200"}, "error", "patience"),
    "503 with a date": ({"status": 503, "retry_after": "Fri, 27 Nov 2026 10:00:00 GMT"}, "error", "not available"),
    "429 for ten years": ({"status": 429, "retry_after": "315360000"}, "error", "patience"),
    "500": ({"status": 500}, "error", "answered 500"),
    "HTML instead of a feed": (
        {"body": "<!doctype html><p>Hi", "content_type": "text/html"},
        "error",
        "web page",
    ),
    "empty": ({"body": ""}, "error", "is empty"),
    "a gzip bomb": ({"body": gzip.compress(b"0" * 20_000_000), "content_encoding": "gzip"}, "error", "sent more than"),
    "16 MiB": ({"body": b"x" * 16 * 1024**2}, "error", "sent more than"),
    "a slow-loris": (slow_loris, "error", "took longer than"),
    "a drop in mid-body": (raw(http(b"<rss><channel>", 5000)), "error", "broke off"),
    "a length too great": (raw(http(rss(item()).encode(), 99_000_000)), "error", "sent more than"),
    "a length that is no number": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), "error", ""),
    "no HTTP at all": (raw(b"220 mail.example.org ESMTP\r\n"), "error", "broke off"),
    "a body that is a file's path": ({"body": __file__}, "error", "not a feed"),
    "an entity bomb": ({"body": rss(item("&a9;"), head=ENTITY_BOMB)}, None, ""),
    "80,000 nested tags": ({"body": rss(item(more=f"<description>{'&lt;b&gt;' * 80_000}</description>"))}, None, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_server_that_misbehaves_is_a_state_and_a_sentence(desk: Any, web: Any, case: str) -> None:
    does, status, words = REFUSED[case]
    if isinstance(does, dict):
        web.serve("/feed", **does)
    else:
        web.answers["/feed"] = does(web) if does is slow_loris else does
    desk.settings = replace(desk.settings, fetching=replace(desk.settings.fetching, timeout=0.8, max_bytes=2_000_000))
    desk.add(web.url("/feed"))
    desk.add(web.serve("/good", rss(item("Ferry", 2))))
    bad, good = desk.collect().outcomes
    assert (good.status.value, good.new) == ("ok", 1)
    if status is not None:
        assert bad.status.value == status, bad
        assert bad.new == 0
        assert bad.error
        assert bad.error.endswith(".")
        assert "\n" not in bad.error
        assert words in bad.error
    else:  # read as far as it can be, or a sentence
        assert bad.status.value == "ok" or (bad.error or "").endswith(".")


def test_patience_of_ten_years_is_a_day_at_most(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", status=429, retry_after="315360000"))
    desk.collect()
    assert desk.source().memory.next_at - desk.clock.now() <= timedelta(days=1, seconds=1)


READ: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a wrong content type": ({"body": rss(item()), "content_type": "image/png"}, ["Bridge"]),
    "html as its content type": ({"body": rss(item()), "content_type": "text/html"}, ["Bridge"]),
    "a redirect chain": ({"status": 302, "location": "/one"}, ["Chained"]),
    "a byte order mark": ({"body": b"\xef\xbb\xbf" + rss(item("Café")).encode()}, ["Café"]),
    "UTF-16": ({"body": rss(item("Café")).replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")}, ["Café"]),
    "a charset that is not so": (
        {"body": rss(item("Café")).encode(), "content_type": "application/rss+xml; charset=us-ascii"},
        ["Café"],
    ),
    "Latin-1 said to be UTF-8": ({"body": rss(item("Café")).encode("latin-1")}, ["Café"]),
    "NUL inside": ({"body": rss(item("Bri\0dge"))}, ["Bridge"]),
    "truncated XML": ({"body": rss(item(), item("Ferry", 2), item("Fair", 3))[:-20]}, ["Bridge", "Fair", "Ferry"]),
    "white space before the declaration": ({"body": "\n\n  " + rss(item())}, ["Bridge"]),
    "no guid": ({"body": rss(item().replace("<guid>1</guid>", ""))}, ["Bridge"]),
    "no link": ({"body": rss("<item><title>Bridge</title><guid>1</guid></item>")}, ["Bridge"]),
    "no title": ({"body": rss("<item><link>https://a.example/x</link><description>Text</description></item>")}, [""]),
    "a duplicate guid": ({"body": rss(item(), item())}, ["Bridge"]),
    "one guid for different pages": (
        {"body": rss(item(), item("Ferry", 2).replace("<guid>2", "<guid>1"))},
        ["Bridge", "Ferry"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_a_feed_that_is_odd_is_read_all_the_same_and_once(desk: Any, web: Any, case: str) -> None:
    served, titles = READ[case]
    web.serve("/one", status=307, location="/two")
    web.serve("/two", status=301, location="/three")
    web.serve("/three", rss(item("Chained")))
    desk.add(web.serve("/feed", **served))
    assert desk.only().status is SourceStatus.OK
    found = desk.titles()
    assert [title.replace("\N{REPLACEMENT CHARACTER}", "é") for title in found][: len(titles)] == titles
    assert len(found) == len(titles)
    before = desk.rows()
    assert desk.only(force=True).new == 0
    assert desk.rows() == before


def test_gzip_without_its_header_is_one_sentence_or_read(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", gzip.compress(rss(item()).encode())))
    outcome = desk.only()
    assert outcome.new == 1 or (outcome.error or "").endswith(".")


@pytest.mark.parametrize(
    ("knows", "headers"),
    [
        ("if-none-match", {"etag": '"1"'}),
        ("if-none-match", {"etag": 'W/"1"'}),
        ("if-modified-since", {"last_modified": "Fri, 27 Nov 2026 07:00:00 GMT"}),
    ],
)
def test_304_by_etag_weak_etag_or_date_alone(desk: Any, web: Any, knows: str, headers: dict[str, str]) -> None:
    def polite(handler: BaseHTTPRequestHandler) -> None:
        body = rss(item()).encode()
        ((name, value),) = headers.items()
        if handler.headers[knows] == value:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.send_response(200)
        handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    web.answers["/feed"] = polite
    desk.add(web.url("/feed"))
    assert [desk.only().status.value for _ in range(3)] == ["ok", "not-modified", "not-modified"]


def test_a_server_that_lies_about_its_etag_hides_nothing_for_good(desk: Any, web: Any) -> None:
    """It says 304 whatever it is asked, also what was asked without conditions."""
    desk.add(web.serve("/feed", rss(item()), etag='"1"'))
    desk.collect()
    web.serve("/feed", rss(item(), item("Ferry", 2)), etag='"1"')
    assert desk.only().status is SourceStatus.NOT_MODIFIED
    assert desk.only(force=True).new == 1
    web.serve("/feed", status=304)
    assert desk.only(force=True).status in (SourceStatus.NOT_MODIFIED, SourceStatus.ERROR)


def test_a_redirect_to_a_private_address_is_refused(desk: Any, web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsletter.net import guard

    real = guard.is_public
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1" or real(address))
    desk.settings = replace(desk.settings, fetching=replace(desk.settings.fetching, allow_private_hosts=False))
    desk.add(web.serve("/feed", status=301, location="http://127.0.0.9/feed"))
    assert "private address 127.0.0.9" in (desk.only().error or "")


def test_an_external_entity_reads_no_file(desk: Any, web: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret word")
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path / "secret.txt"}">]>'
    desk.add(web.serve("/feed", rss(item("Bridge &x;", more="<description>&x;</description>"), head=head)))
    desk.collect()
    assert all("secret" not in str(one.latest) for one in desk.queue())


def test_a_way_from_https_to_http_is_followed_and_never_believed(
    desk: Any, web: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl command to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    web.serve("/plain", rss(item()))

    class Secure(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("Location", web.url("/plain"))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Secure)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"https://me:word@127.0.0.1:{server.server_port}/feed"
    try:
        desk.add(url)
        assert [desk.only(force=True).status.value for _ in range(4)] == ["ok"] * 4
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
    assert desk.source().url == url
    assert all("authorization" not in headers for _, headers in web.asked)


def test_a_guid_that_changes_each_time_makes_nothing_new(desk: Any, web: Any) -> None:
    for fetch in range(3):
        body = rss(*(item(f"Story {n}", n).replace(f"<guid>{n}", f"<guid>{fetch}-{n}") for n in range(5)))
        desk.add(web.serve("/feed", body)) if not fetch else web.serve("/feed", body)
        desk.collect()
    assert len(desk.queue()) == 5


def test_a_feed_that_reorders_writes_nothing(desk: Any, web: Any) -> None:
    entries = [item(f"Story {n}", n) for n in range(6)]
    desk.add(web.serve("/feed", rss(*entries)))
    desk.collect()
    before = desk.rows()
    web.serve("/feed", rss(*reversed(entries)))
    outcome = desk.only()
    assert (outcome.new, outcome.updated, desk.rows()) == (0, 0, before)


@pytest.mark.parametrize(
    ("date", "flag"),
    [
        ("", None),
        ("<pubDate>Mon, 01 Jan 2035 10:00:00 GMT</pubDate>", "future-date"),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", "old-date"),
        ("<pubDate>ven., 20 nov. 2026 10:00:00 +0100</pubDate>", None),
        ("<pubDate>28/06/2024</pubDate>", "date-unread"),
    ],
)
def test_odd_dates_stand_where_they_were_seen(desk: Any, web: Any, date: str, flag: str | None) -> None:
    desk.add(web.serve("/feed", rss(item(more=date))))
    desk.collect()
    (found,) = desk.queue()
    assert found.flags == ((flag,) if flag else ())


def test_what_a_feed_smuggles_does_not_arrive(desk: Any, web: Any) -> None:
    body = (
        "&lt;p onclick='x()'&gt;Hi &lt;a href='javascript:alert(1)'&gt;here&lt;/a&gt; "
        "&lt;img src='https://t.example/p.gif' width='1' height='1'&gt;&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;"
    )
    entry = item(more=f"<description>{body}</description>").replace("https://alderwick.example.org/1", "javascript:x")
    desk.add(web.serve("/feed", rss(entry)))
    desk.collect()
    (found,) = desk.queue()
    assert found.latest.url is None
    assert found.latest.body == "<p>Hi here </p>"


def test_two_sources_with_one_url_are_one(desk: Any, web: Any) -> None:
    from newsletter.errors import NewsletterError

    url = web.serve("/feed", rss(item()))
    desk.add(url)
    with pytest.raises(NewsletterError, match="source already"):
        desk.add(url + "#top")
    desk.collect()
    assert len(desk.queue()) == 1


def test_a_feed_that_breaks_off_is_told_and_asked_for_its_rest(desk: Any, web: Any) -> None:
    whole = rss(item(), item("Ferry", 2), item("Fair", 3))
    desk.add(web.serve("/feed", whole[:-60], etag='"1"'))  # in the middle of the last one's link
    assert "The feed breaks off; 2 of its entries were kept" in (desk.only().error or "")
    web.serve("/feed", whole, etag='"1"')
    outcome = desk.only()
    assert (outcome.error, outcome.new, outcome.updated) == (None, 1, 0)
    assert desk.titles() == ["Bridge", "Fair", "Ferry"]
    web.serve("/feed", "<?xml version='1.0'?><rss version='2.0'><channel><title>Times</title><!-- failed -->")
    assert "breaks off; 0 of its entries were kept" in (desk.only(force=True).error or "")
