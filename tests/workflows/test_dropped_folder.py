"""A folder with one of every kind of file; pages that shortcuts lead to; the reports of runs."""

from __future__ import annotations

import io
import plistlib
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from newsletter.schedule.collecting import collect_all
from newsletter.store import collections, events

TEXT = "The fair in Alderwick began with a long and happy walk along the river, and many came to see it. " * 3
PAGE = (
    f"<html><head><title>Fair day</title></head><body><article><h1>Fair day</h1><p>{TEXT}</p></article></body></html>"
)
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20261101T000000Z\r\n" \
    "DTSTART;VALUE=DATE:20261205\r\nSUMMARY:Winter fair\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"  # fmt: skip
ISSUE = (
    "Issue of last week\n\nTimes: Bridge opens\n\nFerry: New boat\n\nHill Weekly: Prize won\n\n"
    "- December 12: Reading group, 6 pm, Library\n"
)


def word_document() -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}" '
            'Target="word/document.xml"/></Relationships>',
        )
        paragraph = "<w:p><w:r><w:t>From Word</w:t></w:r></w:p>"
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{w}"><w:body>{paragraph}</w:body></w:document>')
    return out.getvalue()


def fill(desk: Any, web: Any) -> None:
    page = web.serve("/fair", PAGE, content_type="text/html")
    opml = '<opml version="2.0"><body><outline text="Times" xmlUrl="https://times.example.org/feed"/></body></opml>'
    files: dict[str, str | bytes] = {
        "a.md": "# From Markdown\n\nText.",
        "b.txt": "From text\n\nIt is a text.",
        "c.html": PAGE.replace("Fair day", "From a page").replace("fair", "walk"),
        "d.eml": "From: Ana <ana@example.org>\nSubject: From a message\n\nHello.",
        "e.docx": word_document(),
        "f.csv": "title,url\nFrom a table,https://a.example/f\n",
        "g.json": '[{"title": "From JSON", "url": "https://a.example/g"}]',
        "h.url": f"[InternetShortcut]\nURL={page}\n",
        "i.webloc": plistlib.dumps({"URL": web.url("/missing")}),
        "j.opml": opml,
        "k.ics": ICS,
        "l.txt": ISSUE,
        "m.pdf": b"%PDF",
        "n.json": "{broken",
    }
    for name, content in files.items():
        desk.drop(name, content)


def test_one_of_every_kind_of_file(desk: Any, web: Any, tmp_path: Path) -> None:
    fill(desk, web)
    desk.add(tmp_path / "drop", name="Ferry", outlet="Ferry")
    outcome = desk.collect().outcomes[0]
    assert "n.json: The file is broken JSON" in outcome.error
    assert outcome.ignored == ("m.pdf",)
    assert outcome.added == ("https://times.example.org/feed",)
    kinds = ("From Markdown", "From text", "From a page", "From a message", "From Word", "From a table", "From JSON")
    others = ("Fair day", "i", "Times: Bridge opens", "New boat", "Hill Weekly: Prize won")
    assert desk.titles() == sorted((*kinds, *others))
    found = {one.latest.title: one for one in desk.queue()}
    assert found["Fair day"].flags == ()
    assert found["i"].flags == ("link-only",)
    assert "long and happy walk" in found["Fair day"].latest.body
    with desk.store.reading() as tx:
        listed = {one.data.title: one.data.status.value for one in events.listing(tx, desk.publication.id)}
    assert listed == {"Winter fair": "confirmed", "Reading group": "proposed"}
    before = desk.rows()
    again = desk.collect(only=1).outcomes[0]
    assert (again.new, again.updated, again.added) == (0, 1, ())  # Times is known as an outlet now
    assert "Bridge opens" in desk.titles()
    assert desk.rows() == before | {"item_version": before["item_version"] + 1}
    assert desk.collect(only=1).outcomes[0].updated == 0
    web.serve("/missing", PAGE.replace("Fair day", "Found at last"), content_type="text/html")
    desk.collect(only=1)
    assert "Found at last" in desk.titles()


def test_a_report_of_each_run_is_kept_and_serve_collects(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", "<rss><channel><title>T</title><item><title>Bridge</title></item></channel></rss>"))
    collect_all(desk.store, desk.settings, desk.clock, threading.Event())
    assert desk.titles() == ["Bridge"]
    web.serve("/feed", status=500)
    collect_all(desk.store, desk.settings, desk.clock, threading.Event())
    with desk.store.reading() as tx:
        runs = collections.listing(tx, desk.publication.id)
    assert [(run.report["new"], run.report["sources"][0]["status"]) for run in runs] == [(0, "error"), (1, "ok")]
    stopped = threading.Event()
    stopped.set()
    collect_all(desk.store, desk.settings, desk.clock, stopped)
    assert len(web.asked) == 2


def test_a_source_that_died_is_told(desk: Any, web: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk.add(web.serve("/feed", status=500))
    desk.later(days=8)
    collect_all(desk.store, desk.settings, desk.clock, threading.Event())
    assert "has given nothing for a week" in caplog.text
