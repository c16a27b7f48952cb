"""One of every other kind of file: messages, Word documents, tables, JSON, shortcuts."""

from __future__ import annotations

import io
import json
import plistlib
import zipfile

import pytest

from newsletter.collect.found import Document, Found, Unreadable
from newsletter.collect.reading import read_document


def read(name: str, body: str | bytes) -> Found:
    content = body.encode() if isinstance(body, str) else body
    ending = "." + name.rpartition(".")[2]
    return read_document(Document(name=name, format=ending, body=content, zone="America/New_York"))


CSV = (
    "Headline;Link;Summary;Source;Date\n"
    '"Bridge; open";https://a.example/1;It is <b>open</b>.;The Ferry;2026-11-20\n;;;;\n'
)


def test_rows_of_a_table_are_items() -> None:
    found = read("list.csv", "\ufeff" + CSV)
    (item,) = found.items
    assert (item.title, item.url, item.outlet) == ("Bridge; open", "https://a.example/1", "The Ferry")
    assert item.excerpt == "It is <b>open</b>."
    assert item.published is not None
    assert item.published.isoformat() == "2026-11-20T05:00:00+00:00"
    assert [one.name for one in found.refused] == ["row 3"]


@pytest.mark.parametrize(
    "content",
    [
        [{"title": "Bridge", "url": "https://a.example/1", "id": 7}],
        {"articles": [{"headline": "Bridge", "link": "https://a.example/1", "authors": [{"name": "Ana"}]}, 5]},
        {
            "version": "https://jsonfeed.org/version/1",
            "items": [{"id": 1, "title": "Bridge", "url": "https://a.example/1"}],
        },
        {"title": "Bridge", "url": "https://a.example/1"},
    ],
)
def test_objects_of_json_are_items(content: object) -> None:
    (item,) = read("list.json", json.dumps(content)).items
    assert (item.title, item.url) == ("Bridge", "https://a.example/1")


NEWSLETTER = "".join(
    f"<h2><a href='https://a.example/{n}?utm_source=x'>The {word} of Alderwick opens</a></h2><p>Text of the {word}.</p>"
    f"<p><a href='https://a.example/{n}'>Read more</a></p>"
    for n, word in enumerate(("bridge", "ferry", "market"))
)
MAIL = """From: Ana Reyes <ana@example.org>
To: desk@example.org
Subject: Fwd: =?utf-8?q?Caf=C3=A9_news?=
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><p><a href="https://a.example/view">View in your browser</a></p>{}<p><a href="https://a.example/u">Unsubscribe</a></p></body></html>
"""


def test_a_message_is_one_item() -> None:
    (item,) = read("note.eml", MAIL.format("<p>Hello <script>x</script>there.</p>")).items
    assert (item.title, item.author, item.guid) == ("Café news", "Ana Reyes", "<1@example.org>")
    assert "Hello there." in item.body
    assert item.published is not None


def test_a_forwarded_newsletter_is_split_by_its_links() -> None:
    found = read("letter.eml", MAIL.format(NEWSLETTER))
    assert [one.title for one in found.items] == [
        f"The {word} of Alderwick opens" for word in ("bridge", "ferry", "market")
    ]
    assert [one.excerpt for one in found.items] == [
        f"<p>Text of the {word}.</p>" for word in ("bridge", "ferry", "market")
    ]


def test_a_calendar_in_a_message_comes_along() -> None:
    mail = (
        "From: a@example.org\nSubject: Fair\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        "Content-Type: text/plain\n\nCome.\n--x\nContent-Type: text/calendar; name=fair.ics\n"
        'Content-Disposition: attachment; filename="fair.ics"\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--x--\n'
    )
    found = read("fair.eml", mail)
    assert [one.title for one in found.items] == ["Fair"]
    assert [one.name for one in found.calendars] == ["fair.ics"]


def word(*paragraphs: str) -> bytes:
    """The smallest Word document."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    texts = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}"><Default Extension="rels" ContentType="{rels}"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        package.writestr("word/document.xml", f'<w:document xmlns:w="{w}"><w:body>{texts}</w:body></w:document>')
    return out.getvalue()


def test_a_word_document_is_one_item() -> None:
    (item,) = read("fair.docx", word("Fair day", "The fair begins.", "It ends.")).items
    assert (item.title, item.body) == ("Fair day", "<p>The fair begins.</p><p>It ends.</p>")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Bridge.url", "[InternetShortcut]\r\nURL=https://a.example/1\r\nIconIndex=0\r\n"),
        ("Bridge.webloc", plistlib.dumps({"URL": "https://a.example/1"})),
        ("Bridge.webloc", plistlib.dumps({"URL": "https://a.example/1"}, fmt=plistlib.FMT_BINARY)),
    ],
)
def test_a_shortcut_is_an_item_whose_page_is_asked_later(name: str, content: str | bytes) -> None:
    (item,) = read(name, content).items
    assert (item.title, item.url, item.flags) == ("Bridge", "https://a.example/1", ("link-only",))


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><plist><dict><key>URL</key><string>&c;</string></dict></plist>'
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "one,two\n1,2\n", "No column is called"),
        ("a.csv", b"\0\1\2", "not text"),
        ("a.json", "{", "broken JSON"),
        ("a.json", "[" * 90_000, "broken JSON"),
        ("a.json", "5", "no list of items"),
        ("a.json", "[1, 2]", "No column is called"),
        ("a.docx", b"PK\3\4 not a zip", "cannot be read as a Word document"),
        ("a.docx", word(), "is empty"),
        ("a.eml", "", "holds no text"),
        ("a.eml", b"\xff\xfe\0", "holds no text"),
        ("a.url", "[InternetShortcut]\nURL=file:///etc/passwd", "no http or https address"),
        ("a.url", "", "no http or https address"),
        ("a.webloc", "bplist00garbage", "cannot be read"),
        ("a.webloc", BOMB, "cannot be read"),
        ("a.opml", "<html/>", "not OPML"),
    ],
)
def test_a_file_of_no_use_is_one_sentence(name: str, content: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        read(name, content)
    assert "\n" not in caught.value.reason
    assert caught.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("date", "flags"), [("18/06/2026", ()), ("06/07/2026", ("date-unread",)), ("soon", ("date-unread",)), ("", ())]
)
def test_a_date_of_a_row_that_cannot_be_read_is_flagged(date: str, flags: tuple[str, ...]) -> None:
    (item,) = read("list.csv", f"title,date\nBridge,{date}\n").items
    assert (item.flags, item.published is None) == (flags, not date or bool(flags))
