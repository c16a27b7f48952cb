"""A spliced message says what the straightforward rendering would say, in bytes that SMTP takes as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.quoted import encode_text, encode_value
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Reader, compile_rendition, message_ids

NONCE = "0123456789abcdef0123"
TOKEN = token(NONCE, UNSUBSCRIBE)
URL = "https://news.example.org/unsubscribe/" + "Ab3-_" * 9
NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
ISSUE = RenditionData(
    subject="Alderwick Letter 11.27.2026: The ferry returns; Seven walks",
    sender="Alderwick Letter <desk@letter.example.org>",
    reply_to="",
    list_id="Alderwick Letter <alderwick-letter.news.example.org>",
    html=f'<html><body><p>Hello</p><a href="{TOKEN}">Unsubscribe</a></body></html>',
    text=f"Hello\n\nUnsubscribe: {TOKEN}\n",
    base_url="https://news.example.org",
    nonce=NONCE,
)
READER = Reader(address="ada@example.org", name="Ada Moss", values={UNSUBSCRIBE: URL})

lines_of_text = st.text(
    st.one_of(
        st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\x85"),
        st.sampled_from(list('\n\n. =\tF&<"')),
    ),
    max_size=400,
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="<>"), max_size=120).map(
    lambda tail: "https://news.example.org/" + tail
)


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def straightforward(issue: RenditionData, url: str) -> EmailMessage:
    """The same message as one would write it by hand."""
    message = EmailMessage()
    message.set_content(issue.text.replace(TOKEN, url))
    message.add_alternative(issue.html.replace(TOKEN, escape(url)), subtype="html")
    return message


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(lines_of_text, min_size=1, max_size=4), url=values)
def test_the_splice_says_what_emailmessage_says(parts: list[str], url: str) -> None:
    body = TOKEN.join(parts)
    issue = replace(ISSUE, text=body, html=body)
    message = compile_rendition(issue).splice(replace(READER, values={UNSUBSCRIBE: url}), message_id="<1@x>", date=NOW)

    lines = message.split(b"\r\n")
    assert b"\n" not in message.replace(b"\r\n", b"") and b"\r" not in message.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in lines)
    assert not any(line.startswith((b".", b"From ")) for line in lines)  # nothing for SMTP to stuff
    body_lines = message.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert all(len(line) <= 76 for line in body_lines)
    assert message.isascii()
    expected = straightforward(issue, url)
    for ours, theirs in zip(parsed(message).iter_parts(), expected.iter_parts(), strict=True):
        assert ours.get_content_type() == theirs.get_content_type()
        assert ours.get_content().replace("\r\n", "\n") == theirs.get_content()


names = st.text(st.characters(blacklist_categories=("Cs",)), max_size=120)


@settings(max_examples=60, deadline=None)
@given(name=names, subject=names)
def test_any_name_and_subject_stay_in_their_headers(name: str, subject: str) -> None:
    message = compile_rendition(replace(ISSUE, subject=subject)).splice(
        replace(READER, name=name), message_id="<1@x>", date=NOW
    )
    head = message.partition(b"\r\n\r\n")[0]
    assert head.isascii() and b"\0" not in head
    assert all(len(line) <= 76 for line in head.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:"))
    found = parsed(message)
    assert set(found.keys()) == {
        "To", "Message-ID", "Date", "List-Unsubscribe", "List-Unsubscribe-Post",
        "From", "Subject", "List-Id", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert found["To"].addresses[0].addr_spec == "ada@example.org"
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", subject)
    assert found["Subject"].split() == shown.split()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "To: ada@example.org"),
        ("Ada Moss", "To: Ada Moss <ada@example.org>"),
        ('Ada "Ferry" Moss', 'To: "Ada \\"Ferry\\" Moss" <ada@example.org>'),
        ("Moss, Ada", 'To: "Moss, Ada" <ada@example.org>'),
        ("Ada\r\nBcc: all@example.org", 'To: "Ada Bcc: all@example.org" <ada@example.org>'),
        ("Zoë", "To: =?utf-8?b?Wm/Dqw==?= <ada@example.org>"),
        ("=?utf-8?q?Eve?=", "To: =?utf-8?b?PT91dGYtOD9xP0V2ZT89?= <ada@example.org>"),
    ],
)
def test_a_reader_is_named_safely(name: str, field: str) -> None:
    message = compile_rendition(ISSUE).splice(replace(READER, name=name), message_id="<1@x>", date=NOW)
    assert message.decode().split("\r\n")[0] == field


@pytest.mark.parametrize("address", ["ada@example.org\r\nBcc: eve@example.org", "a<b>@example.org", "a,b@x.org", ""])
def test_an_address_that_would_end_its_header_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        compile_rendition(ISSUE).splice(replace(READER, address=address), message_id="<1@x>", date=NOW)


@pytest.mark.parametrize("url", ["https://x.example/\r\nBcc: e@x", "https://x.example/a b", "javascript:alert(1)"])
def test_an_unsubscribe_url_that_would_end_its_header_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="unsubscribe"):
        compile_rendition(ISSUE).splice(replace(READER, values={UNSUBSCRIBE: url}), message_id="<1@x>", date=NOW)


@pytest.mark.parametrize(
    ("base_url", "one_click"),
    [
        ("https://news.example.org", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://news.example.org", False),
    ],
)
def test_one_click_needs_https_or_a_rehearsal_on_loopback(base_url: str, one_click: bool) -> None:
    message = parsed(compile_rendition(replace(ISSUE, base_url=base_url)).splice(READER, message_id="<1@x>", date=NOW))
    assert message["List-Unsubscribe"] == f"<{URL}>"
    assert message["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if one_click else None)


def test_the_message_id_is_the_deliverys_own_and_stays() -> None:
    names = message_ids(ISSUE, 12)
    assert names.of(7) == message_ids(ISSUE, 12).of(7) != names.of(8)
    assert re.fullmatch(r"<12\.7\.[0-9a-f]{12}@letter\.example\.org>", names.of(7))


def test_a_value_is_escaped_for_its_place() -> None:
    url = "https://news.example.org/u?a=1&b='2'"
    message = parsed(
        compile_rendition(ISSUE).splice(replace(READER, values={UNSUBSCRIBE: url}), message_id="<1@x>", date=NOW)
    )
    text, html = message.iter_parts()
    assert f"Unsubscribe: {url}" in text.get_content()
    assert 'href="https://news.example.org/u?a=1&amp;b=&#x27;2&#x27;"' in html.get_content()


def test_a_token_with_another_nonce_is_only_text() -> None:
    foreign = token("f" * 20, UNSUBSCRIBE)
    message = compile_rendition(replace(ISSUE, text=f"{foreign}\n")).splice(READER, message_id="<1@x>", date=NOW)
    assert foreign in parsed(message).get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (".\n..x\n", b"=2E\r\n=2E.x\r\n"),
        ("From me\n", b"=46rom me\r\n"),
        ("space \ntab\t\n", b"space=20\r\ntab=09\r\n"),
        ("a=b\n", b"a=3Db\r\n"),
        ("é\n", b"=C3=A9\r\n"),
        ("", b""),
    ],
)
def test_quoted_printable_of_hard_cases(text: str, encoded: bytes) -> None:
    assert encode_text(text) == encoded


def test_a_value_that_begins_with_a_dot_is_no_end_of_the_message() -> None:
    assert encode_value(".") == b"=2E"
    assert encode_value("a\r\n.\r\nQUIT") == b"a . QUIT"


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"sender": "nobody"}, "From"),
        ({"sender": "Desk <a@b\r\n.example>"}, "From"),
        ({"reply_to": "x y"}, "Reply-To"),
    ],
)
def test_a_sender_that_cannot_stand_in_a_header_is_told(changed: dict[str, str], where: str) -> None:
    with pytest.raises(NewsletterError) as told:
        compile_rendition(replace(ISSUE, **changed))
    assert told.value.where == where
