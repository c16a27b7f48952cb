"""Which addresses are one, and which cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.addresses import Address, BadAddress, read_address


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.Byron+News@EXAMPLE.Org ", "ada.byron+news@example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("jonas@bücher.example", "jonas@xn--bcher-kva.example"),
        ("Jonas@XN--BCHER-KVA.example", "jonas@xn--bcher-kva.example"),
        ("jonas@BÜCHER.example", "jonas@xn--bcher-kva.example"),
        ("kurt@straße.example", "kurt@xn--strae-oqa.example"),
        ('"two words"@example.org', '"two words"@example.org'),
        ('"plain"@example.org', "plain@example.org"),
        ("reader@mail.test", "reader@mail.test"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_an_address_has_one_key_and_keeps_its_typed_form(typed: str, key: str) -> None:
    assert read_address(typed) == Address(typed.strip(), key)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "there is no address"),
        ("ada", "@-sign"),
        ("ada@", "after the @-sign"),
        ("@example.org", "before the @-sign"),
        ("ada@example", "period"),
        ("ada..b@example.org", "two periods"),
        (".ada@example.org", "period"),
        ("ada@example..org", "two periods"),
        ("ada@-example.org", "hyphen"),
        ("ada b@example.org", "SPACE"),
        ("Ada <ada@example.org>", "alone"),
        ("ada@example.org\r\nBcc: eve@example.org", "control characters"),
        ("ada\x00@example.org", "control characters"),
        ("ada\u202e@example.org", "control characters"),
        ("ada@[127.0.0.1]", "not allowed"),
        ("ada@xn--zz.example", "IDNA"),
        ("jürg@example.org", "internationalized"),
        (f"{'a' * 65}@example.org", "too long"),
        (f"ada@{'long.' * 60}org", "254"),
        ("ada@b@example.org", "@"),
        ("ada@bücher", "period"),
        (f"ada@{'ü' * 40}.{'ü' * 40}.{'ü' * 40}.{'ü' * 40}.example", "too"),
    ],
)
def test_an_address_that_cannot_be_used_has_a_reason(typed: str, reason: str) -> None:
    found = read_address(typed)
    assert isinstance(found, BadAddress)
    assert reason in found.reason
    assert not found.reason.endswith(".") and ". " not in found.reason


@given(st.text(max_size=40))
def test_a_key_never_holds_what_would_break_an_smtp_command(text: str) -> None:
    found = read_address(text)
    if isinstance(found, Address):
        assert found.key.isascii() and found.key.isprintable() and "<" not in found.key and ">" not in found.key


@given(st.emails())
def test_a_key_is_its_own_key(text: str) -> None:
    found = read_address(text)
    if isinstance(found, Address):
        again = read_address(found.key)
        assert isinstance(again, Address) and again.key == found.key
