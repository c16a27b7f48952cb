"""Signed tokens: they say what was signed, and nothing else passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SettingsError
from newsletter.model.issue import IssueId
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import SubscriberId
from newsletter.model.tokens import Purpose, Token, sign, unsubscribe_url, verify

KEYS = ("first key of the desk", "an older key")
IDS = st.integers(0, 2**32 - 1)
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def a_token(publication: int = 1, subscriber: int = 2, issue: int = 3) -> Token:
    return Token(
        purpose=Purpose.UNSUBSCRIBE,
        publication=PublicationId(publication),
        subscriber=SubscriberId(subscriber),
        issue=IssueId(issue),
    )


@given(IDS, IDS, IDS)
def test_a_token_says_what_was_signed(publication: int, subscriber: int, issue: int) -> None:
    token = a_token(publication, subscriber, issue)
    text = sign(KEYS, token)
    assert verify(KEYS, text, Purpose.UNSUBSCRIBE) == token
    assert set(text) <= set(URL_SAFE) and len(text) == 44


@given(st.data(), st.integers(0, 43))
def test_any_changed_character_is_refused(data: st.DataObject, place: int) -> None:
    text = sign(KEYS, a_token())
    other = data.draw(st.sampled_from([sign for sign in URL_SAFE + "=+/ é\n" if sign != text[place]]))
    assert verify(KEYS, text[:place] + other + text[place + 1 :], Purpose.UNSUBSCRIBE) is None


@given(st.text(max_size=60))
def test_text_that_nobody_signed_is_refused(text: str) -> None:
    assert verify(KEYS, text, Purpose.UNSUBSCRIBE) is None


@pytest.mark.parametrize("spoil", [lambda t: t + "=", lambda t: t + "\n", lambda t: " " + t, lambda t: t[:-1]])
def test_a_token_has_one_spelling(spoil: object) -> None:
    assert callable(spoil)
    assert verify(KEYS, spoil(sign(KEYS, a_token())), Purpose.UNSUBSCRIBE) is None


def test_a_token_is_good_for_its_purpose_only() -> None:
    assert verify(KEYS, sign(KEYS, a_token()), 2) is None  # type: ignore[arg-type]


def test_old_keys_keep_verifying_and_foreign_ones_never_do() -> None:
    old = sign(KEYS[1:], a_token())
    assert verify(KEYS, old, Purpose.UNSUBSCRIBE) == a_token()
    assert verify(("somebody else's",), old, Purpose.UNSUBSCRIBE) is None
    assert verify((), old, Purpose.UNSUBSCRIBE) is None


def test_the_address_to_unsubscribe_carries_the_token() -> None:
    url = unsubscribe_url("https://news.example.org", KEYS, PublicationId(1), SubscriberId(2), IssueId(3))
    base, _, text = url.rpartition("/")
    assert base == "https://news.example.org/unsubscribe"
    assert verify(KEYS, text, Purpose.UNSUBSCRIBE) == a_token()


def test_a_test_message_has_no_reader() -> None:
    assert a_token(subscriber=0).is_test
    assert not a_token().is_test


def test_without_a_key_the_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="secret_key"):
        sign((), a_token())
