"""What the desk loads stays small: the scripts as they stand in the repository, and its page as it is sent."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import newsletter.web as web

STATIC = Path(web.__file__).parent / "static"


def test_all_scripts_together_are_under_thirty_thousand_bytes() -> None:
    sizes = {path.name: len(path.read_bytes()) for path in STATIC.glob("*.js")}
    assert sizes
    assert sum(sizes.values()) < 30_000, sizes


def test_every_script_is_loaded_and_nothing_else_is_asked_for() -> None:
    loaded, waiting = set(), ["desk.js"]
    while waiting:
        name = waiting.pop()
        if name not in loaded:
            loaded.add(name)
            lines = (STATIC / name).read_text().splitlines()
            waiting += [line.split('"')[-2][2:] for line in lines if "import " in line]
    assert loaded == {path.name for path in STATIC.glob("*.js")}


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_script_stays_readable(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0].startswith("/* "), "what it is for"
    assert max(map(len, lines)) <= 180
    assert sum(map(len, lines)) / len(lines) < 60


def test_the_desk_is_sent_packed_where_a_browser_takes_that(editor: Any) -> None:
    editor.post("/issues")
    for asked, encoding in (("gzip, br", "gzip"), ("identity", None)):
        with editor.client.stream("GET", "/", headers={"accept-encoding": asked}) as answer:
            sent = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert int(answer.headers["content-length"]) == len(sent)
        assert b"<title>" in (gzip.decompress(sent) if encoding else sent)
        assert encoding is None or "accept-encoding" in answer.headers["vary"].lower()


def test_a_mail_that_is_measured_runs_nothing_either(editor: Any) -> None:
    editor.post("/issues")
    for kind in ("html", "txt"):
        shown = editor.get(f"/issues/1/preview.{kind}").headers["content-security-policy"]
        measured = editor.get(f"/issues/1/preview.{kind}?measured=1").headers["content-security-policy"]
        assert shown.startswith("sandbox; default-src 'none';")
        assert measured == shown.replace("sandbox;", "sandbox allow-same-origin;")
        assert "allow-scripts" not in measured


@pytest.mark.parametrize("kind", ["html", "txt"])
@pytest.mark.parametrize(
    ("path", "words"),
    [("1/preview.{}?reader=nobody%40example.org", "nobody@example.org"), ("7/preview.{}?", "no issue 7")],
)
def test_where_no_mail_can_be_made_the_frame_says_why(editor: Any, kind: str, path: str, words: str) -> None:
    editor.post("/issues")
    for measured, policy in (("", "sandbox; "), ("&measured=1", "sandbox allow-same-origin; ")):
        answer = editor.get(f"/issues/{path.format(kind)}{measured}")
        assert answer.status_code == 404
        assert answer.headers["content-security-policy"].startswith(policy)
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "The mail cannot be shown." in answer.text
        assert words in answer.text
        assert "newsletter subscribers" not in answer.text
