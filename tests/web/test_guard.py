"""What the door lets through: hosts, origins, sessions, and headers."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.web.guard import is_public
from newsletter.web.origins import Origin, is_own_host, origin_of, why_not_ours

OURS = frozenset({"localhost", "127.0.0.1", "::1", "news.example.org"})


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("[::1]:8000", True),
        ("news.example.org", True),
        ("news.example.org.", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example:8000@127.0.0.1", False),
        ("evil@127.0.0.1", False),
        ("127.0.0.1#x", False),
        ("127.0.0.1:8000#x", False),
        ("127.0.0.1/x", False),
        ("127.0.0.1?x", False),
        ("127.0.0.1\\x", False),
        ("127.0.0.1:", False),
        ("127.0.0.1:80a", False),
        ("127.0.0.1:8000:8000", False),
        ("127.0.0.1, evil.example", False),
        (" 127.0.0.1", False),
        ("", False),
        ("[::1", False),
        (None, False),
    ],
)
def test_only_our_own_names_are_served(header: str | None, ours: bool) -> None:
    assert is_own_host(header, OURS) is ours


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost:8000", True),
        ("127.0.0.1:9000", False),
        ("127.0.0.1", False),  # that is port 80
        ("news.example.org", True),  # the base URL's own port, unsaid
        ("news.example.org:443", True),
        ("news.example.org:8000", True),
        ("news.example.org:8443", False),
    ],
)
def test_the_port_is_the_one_that_is_served_or_the_base_urls(header: str, ours: bool) -> None:
    served = ("http", "127.0.0.1", 8000)
    assert is_own_host(header, OURS, served=served, base_url="https://news.example.org/letters") is ours


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8000", ("http", "127.0.0.1", 8000)),
        ("https://News.Example.org", ("https", "news.example.org", 443)),
        ("http://[::1]:80/letters", ("http", "::1", 80)),
        ("null", None),
        ("file://x", None),
        ("http://evil@127.0.0.1", None),
        ("http://127.0.0.1#x", None),
        ("", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: Origin | None) -> None:
    assert origin_of(url) == origin


def test_bound_to_every_address_an_ip_is_ours_and_a_strange_name_is_not() -> None:
    assert is_own_host("192.0.2.7:8000", OURS, any_address=True)
    assert not is_own_host("rebound.example:8000", OURS, any_address=True)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-site"}, False),
        ({"origin": "http://127.0.0.1:9000"}, False),
        ({"origin": "http://127.0.0.1"}, False),
        ({"origin": "https://127.0.0.1:8000"}, False),
        ({"origin": "http://evil@127.0.0.1:8000"}, False),
        ({"origin": "http://127.0.0.1:8000#x"}, False),
        ({"origin": "http://127.0.0.1:8000/x"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({}, False),
    ],
)
def test_a_form_must_come_from_a_page_of_ours(headers: dict[str, str], ours: bool) -> None:
    assert (why_not_ours({"host": "127.0.0.1:8000", **headers}) is None) is ours


def test_behind_a_proxy_that_rewrites_host_the_base_url_is_ours() -> None:
    headers = {"host": "127.0.0.1:8000", "origin": "https://news.example.org", "sec-fetch-site": "same-origin"}
    assert why_not_ours(headers, "https://news.example.org/letters") is None
    assert why_not_ours(headers, "https://other.example.org") is not None
    assert why_not_ours({**headers, "origin": "null"}, "") is not None


@pytest.mark.parametrize(
    ("path", "status"),
    [("/issues/99999999999999999999", 404), ("/issues/0", 404), ("/issues/x", 404), ("/nowhere", 404)],
)
def test_an_address_that_cannot_be_is_no_page(editor: Any, path: str, status: int) -> None:
    answer = editor.get(path)
    assert answer.status_code == status
    assert "There is no such page" in answer.text


def test_a_form_that_cannot_be_read_is_told_so(editor: Any) -> None:
    answer = editor.post("/queue", {"do": "pick", "item": "9" * 30})
    assert answer.status_code == 400
    assert "not complete" in answer.text


def test_a_decision_about_nothing_is_told_so(editor: Any) -> None:
    assert "Tick an item first" in editor.post("/queue", {"do": "pick"}, follow_redirects=True).text


def test_every_page_but_the_public_ones_asks_for_a_session(visitor: Any) -> None:
    paths = [
        "/",
        "/issues",
        "/issues/1",
        "/issues/1/preview.html",
        "/issues/1/send",
        "/calendar",
        "/sources",
        "/readers",
    ]
    for path in [*paths, "/no-such-page", "/static/../other.css"]:
        answer = visitor.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/signin")


CHANGING = [
    "/queue",
    "/issues",
    "/issues/1/approve",
    "/issues/1/reopen",
    "/issues/1/schedule",
    "/issues/1/send",
    "/issues/1/fill",
    "/issues/1/blocks/1",
    "/calendar",
    "/sources",
    "/sources/collect",
    "/no-such-page",
]


def test_nothing_can_be_changed_without_a_session(visitor: Any) -> None:
    for path in CHANGING:
        assert visitor.post(path, {"do": "x"}).status_code == 401, path


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "", "sec-fetch-site": ""},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": ""},
    ],
)
def test_a_session_is_no_use_to_another_site(editor: Any, headers: dict[str, str]) -> None:
    for path in [*CHANGING, "/signout", "/signin"]:
        assert editor.post(path, {"do": "x"}, headers=headers).status_code == 403, path


def test_a_page_carries_a_strict_policy(visitor: Any) -> None:
    headers = visitor.get("/signin").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_another_host_is_refused_before_anything_else(visitor: Any) -> None:
    for path in ("/", "/healthz", "/signin", "/static/desk.css"):
        assert visitor.get(path, headers={"host": "rebound.example"}).status_code == 400


def test_a_host_with_a_user_a_fragment_or_another_port_is_refused_too(visitor: Any) -> None:
    for host in ("evil@127.0.0.1:8000", "127.0.0.1:8000#x", "127.0.0.1:9000"):
        answer = visitor.get("/healthz", headers={"host": host})
        assert answer.status_code == 400
        assert "base_url" in answer.text


def test_health_and_style_are_public(visitor: Any) -> None:
    assert visitor.get("/healthz").json() == {"ok": True}
    assert visitor.client.head("/healthz").status_code == 200
    assert visitor.get("/static/desk.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/setupx", "/unsubscribed", "/SIGNIN"])
def test_the_public_list_is_exact(path: str) -> None:
    assert not is_public(path)


def test_a_body_beyond_measure_is_refused(editor: Any) -> None:
    for length in (str(50 * 1024 * 1024), "9" * 5000, "٣"):
        headers = {"content-length": length.encode()}
        assert editor.post("/calendar", {"lines": "x"}, headers=headers).status_code == 413


def test_a_made_up_session_opens_nothing(visitor: Any) -> None:
    visitor.client.cookies.set("desk-8000", "a" * 43)
    assert visitor.get("/").status_code == 303
