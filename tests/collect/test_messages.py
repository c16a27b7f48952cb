"""What colleagues forward: whose words they are, which links are headlines, and what is only a hint."""

from __future__ import annotations

import pytest

from newsletter.collect.found import Document, Found, Unreadable
from newsletter.collect.reading import read_document
from newsletter.model.item import LINK_ONLY

HEAD = (
    "From: Rosa Lindqvist <rosa@alderwick.example>\nTo: desk@alderwick.example\nSubject: Fwd: This week\n"
    "Date: Thu, 26 Nov 2026 10:00:00 +0100\nMessage-ID: <7@alderwick.example>\nMIME-Version: 1.0\n"
)
STORIES = ("The bridge opens on Monday", "The ferry rests for a week", "Eleven plots are free again")


def read(body: str, kind: str = "html", head: str = HEAD) -> Found:
    content = f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{body}".encode()
    return read_document(Document(name="a.eml", format=".eml", body=content, outlets=frozenset({"The Ferry"})))


LINKED = "".join(
    f"<h2><a href='https://ferry.example/{n}'>{title}</a></h2><p>Its text, number {n}.</p>"
    for n, title in enumerate(STORIES)
)
GMAIL = (
    '<div>For you!<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message '
    "---------<br>From: <strong>The Ferry</strong> &lt;<a href='mailto:news@ferry.example'>news@ferry.example</a>&gt;"
    "<br>Date: Wed, 25 Nov 2026<br>Subject: This week<br>To: &lt;rosa@alderwick.example&gt;<br></div>"
)
APPLE = (
    "<div>Begin forwarded message:</div><blockquote><div><b>From: </b>The Ferry &lt;news@ferry.example&gt;</div>"
    "<div><b>Subject: </b>This week</div><div><b>Date: </b>25 November 2026</div><div><b>To: </b>Rosa</div>"
)
OUTLOOK = (
    "<div><b>Von:</b> The Ferry &lt;news@ferry.example&gt;<br><b>Gesendet:</b> Mittwoch<br><b>An:</b> Rosa<br>"
    "<b>Betreff:</b> This week</div>"
)


@pytest.mark.parametrize("envelope", [GMAIL, APPLE, OUTLOOK])
def test_a_forwarded_newsletter_is_credited_to_who_wrote_it(envelope: str) -> None:
    found = read(envelope + LINKED)
    assert [one.title for one in found.items] == list(STORIES)
    assert {one.outlet for one in found.items} == {"The Ferry"}
    assert [one.excerpt for one in found.items] == [f"<p>Its text, number {n}.</p>" for n in range(3)]


@pytest.mark.parametrize("envelope", [GMAIL, APPLE, OUTLOOK])
def test_a_forwarded_letter_is_one_item_without_its_envelope(envelope: str) -> None:
    (item,) = read(envelope + "<p>The mill turns again, after forty years.</p>").items
    assert (item.title, item.author) == ("This week", "Rosa Lindqvist")
    assert "The mill turns again" in item.body
    assert "Subject" not in item.body
    assert "Betreff" not in item.body
    assert "rosa@" not in item.body


def test_links_in_the_middle_of_sentences_split_nothing() -> None:
    text = "".join(
        f"<p>The council {n} wrote <a href='https://a.example/{n}'>in a report of its own</a> that all is well.</p>"
        for n in range(5)
    )
    (item,) = read(text).items
    assert item.body.count("https://a.example/") == 5


def test_a_plain_newsletter_is_split_by_its_addresses() -> None:
    text = "\n\n".join(f"{title}\nIts text, number {n}.\nhttps://ferry.example/{n}" for n, title in enumerate(STORIES))
    envelope = (
        "---------- Forwarded message ---------\nFrom: The Ferry <news@ferry.example>\nDate: Wed, 25 Nov 2026\n"
        "Subject: This week\nTo: <rosa@alderwick.example>\n\n"
    )
    found = read(f"For you!\n\n{envelope}{text}\n\nUnsubscribe: https://ferry.example/u\n", "plain")
    assert [(one.title, one.url) for one in found.items] == [
        (title, f"https://ferry.example/{n}") for n, title in enumerate(STORIES)
    ]
    assert {one.outlet for one in found.items} == {"The Ferry"}
    assert found.items[0].excerpt == "<p>Its text, number 0.</p>"


def test_a_saved_issue_by_mail_is_split_by_its_outlets() -> None:
    text = "\n\n".join(
        ["The Ferry: The bridge opens", "Courier: The mill is sold", "The Ferry: A market on Sunday", "- July 7: Fair"]
    )
    found = read(text, "plain")
    assert [one.outlet for one in found.items] == ["The Ferry", None, "The Ferry"]
    assert found.event_lines == ("July 7: Fair",)


@pytest.mark.parametrize(
    ("body", "kind", "url", "flagged"),
    [
        ("Look: https://a.example/mill.", "plain", "https://a.example/mill", True),
        ("<p>Look: <a href='https://a.example/mill'>a page</a></p>", "html", "https://a.example/mill", True),
        ("word " * 30 + "https://a.example/mill", "plain", "https://a.example/mill", False),
        ("word " * 90 + "https://a.example/mill", "plain", None, False),
        ("https://a.example/1 and https://a.example/2", "plain", None, False),
        ("A thought.\n-- \nRosa\nhttps://rosa.example", "plain", None, False),
    ],
)
def test_a_link_is_what_a_short_message_is_about(body: str, kind: str, url: str | None, flagged: bool) -> None:
    (item,) = read(body, kind).items
    assert (item.url, LINK_ONLY in item.flags) == (url, flagged)


def test_an_address_alone_is_no_author_and_is_shown_to_the_editor() -> None:
    (item,) = read("A thought of mine.", "plain", HEAD.replace("Rosa Lindqvist <rosa@", "<rosa@")).items
    assert item.author is None
    assert item.flags == ("sender: rosa@alderwick.example",)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"no header at all", b"Subject: \n\n"])
def test_a_message_with_nothing_in_it_is_a_reason(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_document(Document(name="a.eml", format=".eml", body=content))


def test_a_message_of_a_thousand_parts_is_read_to_a_limit() -> None:
    part = b'--b\nContent-Disposition: attachment; filename="a.txt"\n\nhello\n'
    content = HEAD.encode() + b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * 1000 + b"--b--\n"
    found = read_document(Document(name="a.eml", format=".eml", body=content))
    assert len(found.attachments) == 50
    assert "50 parts at most" in found.refused[0].reason
    assert len({one.name for one in found.attachments}) == 50


def test_messages_nested_without_end_are_a_reason_or_an_item() -> None:
    content = HEAD.encode()
    for _ in range(500):
        content += b"Content-Type: message/rfc822\n\nSubject: x\n"
    try:
        read_document(Document(name="a.eml", format=".eml", body=content + b"\nend\n"))
    except Unreadable as cause:
        assert cause.reason.endswith(".")


@pytest.mark.parametrize(
    "words",
    [
        "View in browser", "Read in browser", "View this email in your browser", "Open in a web browser »",
        "Im Browser ansehen", "Newsletter im Browser öffnen", "Voir dans le navigateur",
        "Lire ce message dans votre navigateur", "Ver en el navegador", "Ver este correo en tu navegador",
        "Ver no navegador", "Visualizar no seu navegador",
    ],
)  # fmt: skip
def test_the_link_to_the_same_mail_in_the_browser_is_no_story(words: str) -> None:
    found = read(f"{GMAIL}<p><a href='https://ferry.example/web'>{words}</a></p>{LINKED}")
    assert [one.title for one in found.items] == list(STORIES)
    plain = "\n\n".join(f"{title}\nIts text.\nhttps://ferry.example/{n}" for n, title in enumerate(STORIES))
    found = read(f"{words}: https://ferry.example/web\n\n{plain}", "plain")
    assert [one.title for one in found.items] == list(STORIES)


def test_a_story_about_browsers_is_a_story() -> None:
    story = "<h2><a href='https://ferry.example/b'>Passwords read in browser tabs of the library</a></h2><p>Text.</p>"
    assert read(GMAIL + story + LINKED).items[0].title.startswith("Passwords")
