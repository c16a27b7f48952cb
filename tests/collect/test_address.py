"""The address of a mailbox, as people write it: one form of it is kept, and never its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.collect.address import default_name, read_address
from newsletter.errors import NewsletterError
from newsletter.model.source import SourceKind
from newsletter.net.imap import Place


@pytest.mark.parametrize(
    ("text", "url", "place"),
    [
        ("imaps://rosa@mail.example.org", "imaps://rosa@mail.example.org:993/INBOX", (993, True, "rosa", "INBOX")),
        (
            "IMAPS://rosa@Mail.Example.org:9993/Articles/",
            "imaps://rosa@mail.example.org:9993/Articles",
            (9993, True, "rosa", "Articles"),
        ),
        ("imap://rosa@mail.example.org/", "imap://rosa@mail.example.org:143/INBOX", (143, False, "rosa", "INBOX")),
        (
            "imaps://rosa%40alderwick.example@mail.example.org/F%C3%BCr%20uns",
            "imaps://rosa@alderwick.example@mail.example.org:993/F%C3%BCr%20uns",
            (993, True, "rosa@alderwick.example", "Für uns"),
        ),
        (
            "imaps://rosa@alderwick.example@mail.example.org/Für uns",
            "imaps://rosa@alderwick.example@mail.example.org:993/F%C3%BCr%20uns",
            (993, True, "rosa@alderwick.example", "Für uns"),
        ),
        ("imaps://rosa@[::1]:993/INBOX", "imaps://rosa@[::1]:993/INBOX", (993, True, "rosa", "INBOX")),
    ],
)
def test_a_mailbox_has_one_address(text: str, url: str, place: tuple[int, bool, str, str]) -> None:
    found = read_address(text, Path("/"))
    assert (found.kind, found.url) == (SourceKind.MAILBOX, url)
    read = Place.of(found.url)
    assert (read.port, read.tls, read.user, read.folder) == place
    assert read_address(found.url, Path("/")) == found
    assert "rosa" in default_name(found.kind, found.url)


@pytest.mark.parametrize(
    "text",
    [
        "imaps://rosa:swordfish@mail.example.org/INBOX",
        "imaps://mail.example.org/INBOX",
        "imaps://rosa@/INBOX",
        "imaps://rosa:swordfish@mail.example.org:port/INBOX",
        "imaps://rosa@mail.example.org:0",
        "imaps://",
    ],
)
def test_what_is_no_address_of_a_mailbox_is_one_sentence_without_a_secret(text: str) -> None:
    with pytest.raises(NewsletterError) as told:
        read_address(text, Path("/"))
    assert "swordfish" not in told.value.message
    assert "swordfish" not in (told.value.where or "")
    assert told.value.message.endswith(".")
