"""A whole issue by the public commands alone, into a real SMTP server, and every received message taken apart."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run
from newsletter.workflows.demo_servers import Mailbox, catch_mail, serve_feeds

NOW = "2026-11-26T15:00:00Z"

READERS = """email,name,tags,status
ada@example.org,Ada,gardeners,
ben@example.com,"Ben, the baker",,confirmed
cleo@example.net,,,unconfirmed
dora@example.net,Dora,,unsubscribed
not an address,Nobody,,
Ada@EXAMPLE.org,Ada again,,
"""

EVENTS = """\
- Dec 5: Lantern walk to the weir
- Nov 28-29: Winter seed swap and tool exchange
- Dec 2 & 9: Mend your own bicycle
- Dec 14, 2:30 PM ET: Twin-town call with Lindenau, online
- Nov 20 - Dec 6: The river in ninety photographs
- Dec 19-22 Winter school of the choir
- Nov 30, 7pm: Open budget evening
"""


def feed(count: int) -> bytes:
    items = "".join(
        f"<item><title>Story {number} &amp; more</title><link>https://courier.example/{number}?utm_source=rss</link>"
        f"<guid>courier-{number}</guid><pubDate>Wed, 25 Nov 2026 {number:02}:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;The council met for the {number}th time.&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;"
        "</description></item>"
        for number in range(1, count + 1)
    )
    return f'<rss version="2.0"><channel><title>Alder Courier</title>{items}</channel></rss>'.encode()


class Script:
    """A user's script: each call prints one JSON document."""

    def __init__(self, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._workspace = workspace
        self._capsys = capsys

    def __call__(self, *words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(self._workspace)])
        shown = self._capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with catch_mail(tmp_path / "mailbox") as (box, port):
        monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"smtp://127.0.0.1:{port}")
        yield box


@pytest.fixture
def script(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Script:
    monkeypatch.setenv("NEWSLETTER_NOW", NOW)
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")
    monkeypatch.setenv("NEWSLETTER_ALLOW_PRIVATE_HOSTS", "1")
    return Script(workspace, capsys)


def prepared(script: Script, workspace: Path, tmp_path: Path) -> None:
    script(
        "publication", "set", "name=Alderwick Letter", "from=Alderwick Letter <desk@letter.example.org>",
        "address=Old Ferry House, 12 Mill Street, Alderwick", "zone=America/New_York",
    )  # fmt: skip
    (workspace / "drop" / "note.md").write_text(
        "---\ntitle: A note from the river\nurl: https://river.example/note\noutlet: The Towpath\n---\n\nLamps stay.\n"
    )
    with serve_feeds({"courier.xml": feed(12)}) as base:
        added = script("sources", "add", f"{base}courier.xml", "--outlet", "Alder Courier", "--section", "Town")
        assert [source["kind"] for source in added] == ["feed"]
        script("sources", "add", workspace / "drop")
        first = script("collect", "--force")
        assert (first["new"], first["updated"]) == (13, 0)
        second = script("collect", "--force")
        assert (second["new"], second["updated"], second["events"]) == (0, 0, 0)
    readers = tmp_path / "readers.csv"
    readers.write_text(READERS)
    imported = script("subscribers", "import", readers, code=1)
    assert imported["imported"] == 4
    assert [row["line"] for row in imported["rejected"]] == [6, 7]
    assert (tmp_path / "rejected.csv").is_file()


def composed(script: Script) -> dict[str, Any]:
    """Three sections (one without a heading), ten items, two of them under one headline, texts, seven events."""
    events = script("events", "add", *EVENTS.strip().splitlines())
    assert not [event for event in events if "error" in event]
    listed = script("items", "list", "--state", "new")
    assert len(listed) == 13
    assert all("script" not in item["excerpt"] for item in listed)
    issue = script("issue", "new", "--title", "The first")
    assert [section["name"] for section in issue["sections"]] == [""]
    script("issue", "section", "add", 1, "Town")
    script("issue", "section", "add", 1, "Culture")
    picked = script("items", "pick", "--newest", 9)
    assert {one["state"] for one in picked} == {"picked"}
    issue = script("issue", "fill", 1)
    town = next(section for section in issue["sections"] if section["name"] == "Town")
    note = next(item for item in listed if item["title"] == "A note from the river")
    last = town["blocks"][-1]
    rest = [item["id"] for item in listed if item["id"] not in {one["id"] for one in picked}]
    joined = next(key for key in rest if key != note["id"])
    issue = script("issue", "add", 1, joined, "--with", last["id"])
    script("issue", "edit", 1, last["id"], "--headline", "Two ways to the council", "--teaser", "The council, twice")
    script("issue", "text", 1, "**This letter is paid for by its readers.** [Give](https://letter.example.org/give)")
    script(
        "issue", "text", 1, "Write to us by Wednesday: <desk@letter.example.org>", "--section", "Culture",
        "--standing", "--until", "2027-06-30",
    )  # fmt: skip
    first = town["blocks"][0]
    script("issue", "edit", 1, first["id"], "--teaser", "Library on Sundays", "--teaser-rank", 1, "--if-version", 1)
    script("issue", "edit", 1, first["id"], "--teaser", "Late", "--if-version", 1, code=3)
    issue = script("issue", "show", "latest")
    kinds = [block["kind"] for section in issue["sections"] for block in section["blocks"]]
    assert len(issue["sections"]) == 3
    assert kinds[-1] == "calendar"
    assert sum(len(block["items"]) for section in issue["sections"] for block in section["blocks"]) == 10
    assert len(issue["events"]) == 7
    return dict(issue)


def test_a_whole_issue_reaches_each_reader_once(
    script: Script, mailbox: Mailbox, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepared(script, workspace, tmp_path)
    composed(script)
    assert script("issue", "check", 1)["ok"]
    rendered = script("issue", "render", 1, "--out", tmp_path / "out", "--for", "ada@example.org")
    assert Path(rendered["eml"]).is_file()
    assert script("issue", "test", 1, "--to", "colleague@example.org") == {
        "sent": ["colleague@example.org"],
        "failed": [],
    }
    script("issue", "send", 1, code=2)
    script("issue", "send", 1, "--yes", code=2)
    assert script("issue", "show", 1)["state"] == "draft"
    approved = script("issue", "approve", 1)
    script("issue", "text", 1, "too late", code=2)
    sent = script("issue", "send", 1, "--yes")
    assert sent == {
        "issue": 1, "state": "sent", "audience": 2, "queued": 0, "attempting": 0, "sent": 2, "deferred": 0, "failed": 0,
        "uncertain": 0, "skipped": 0, "bounced": 0, "complained": 0,
    }  # fmt: skip
    assert script("issue", "send", 1, "--yes") == sent == script("issue", "status", 1)
    assert sorted(mailbox.received) == ["ada@example.org", "ben@example.com", "colleague@example.org"]
    assert script("issue", "show", 1)["rendition"] == approved["rendition"]
    ledger = script("issue", "deliveries", 1, "--state", "sent")
    for path in sorted(mailbox.folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        if "colleague" in path.name:
            assert str(message["Subject"]).startswith("[Test] ")
        else:
            assert message["Message-ID"] in {row["message_id"] for row in ledger}
            check_message(message)
    queue = script("items", "list")
    assert {item["sent_in"] for item in queue} == {1, None}
    following = script("issue", "new")
    assert [section["name"] for section in following["sections"]] == ["", "Town", "Culture"]
    kept = [block["kind"] for section in following["sections"] for block in section["blocks"]]
    assert kept == ["text", "calendar"]


def check_message(message: EmailMessage) -> None:
    assert message["Subject"] == "Alderwick Letter 11.26.2026: Library on Sundays; The council, twice"
    assert message["From"] == "Alderwick Letter <desk@letter.example.org>"
    link = re.fullmatch(
        r"<(https://letter\.example\.org/unsubscribe/[\w-]+)>", str(message["List-Unsubscribe"]).strip()
    )
    assert link
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "alderwick-letter" in str(message["List-Id"])
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    for part in (plain, html):
        content = part.get_content()
        assert link[1] in content
        for words in (
            "Two ways to the council", "A note from the river", "The Towpath", "Alder Courier",
            "Lantern walk to the weir", "Winter seed swap", "The river in ninety photographs", "2:30", "12 Mill Street",
            "paid for by its readers", "desk@letter.example.org", "https://courier.example/",
        ):  # fmt: skip
            assert words in content, words
        assert "alert(1)" not in content
    assert max(map(len, plain.get_content().splitlines())) <= 200
    assert html.get_content().lstrip().lower().startswith("<!doctype html>")
    assert html.get_content().count("<h1") == 1
