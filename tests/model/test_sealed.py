"""A secret at rest: it opens under its key and at its place, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.sealed import Opened, is_sealed, seal, unseal

KEYS = ("a long key of this workspace", "the key before it")


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_and_is_not_seen(secret: str, place: str) -> None:
    sealed = seal(KEYS, secret, place=place)
    assert is_sealed(sealed)
    assert unseal(KEYS, sealed, place=place) == Opened(secret, stale=False)
    assert seal(KEYS, secret, place=place) != sealed
    assert len(secret) < 8 or secret not in sealed


def test_each_changed_letter_keeps_it_shut() -> None:
    sealed = seal(KEYS, "JBSWY3DPEHPK3PXP", place="second factor 7")
    for at in range(len("sealed1."), len(sealed)):
        other = "A" if sealed[at] != "A" else "B"
        changed = sealed[:at] + other + sealed[at + 1 :]
        opened = unseal(KEYS, changed, place="second factor 7")
        assert opened is None or changed.rstrip("=")[-1] != sealed.rstrip("=")[-1]  # spare bits of base64


@pytest.mark.parametrize("broken", ["sealed1.", "sealed1.x", "sealed1." + "A" * 60, "sealed1." + "=" * 60, "sealed1.é"])
def test_what_is_no_sealed_text_stays_shut(broken: str) -> None:
    assert unseal(KEYS, broken, place="second factor 7") is None


def test_it_opens_nowhere_else_and_under_no_other_key() -> None:
    sealed = seal(KEYS, "JBSWY3DPEHPK3PXP", place="second factor 7")
    assert unseal(KEYS, sealed, place="second factor 8") is None
    assert unseal(["another key"], sealed, place="second factor 7") is None
    assert unseal([], sealed, place="second factor 7") is None


def test_an_older_key_still_opens_it_and_a_plain_one_is_to_be_sealed() -> None:
    sealed = seal(KEYS[1:], "JBSWY3DPEHPK3PXP", place="x")
    assert unseal(KEYS, sealed, place="x") == Opened("JBSWY3DPEHPK3PXP", stale=True)
    assert unseal(KEYS, "JBSWY3DPEHPK3PXP", place="x") == Opened("JBSWY3DPEHPK3PXP", stale=True)


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(ValueError, match="no key"):
        seal([], "JBSWY3DPEHPK3PXP", place="x")
