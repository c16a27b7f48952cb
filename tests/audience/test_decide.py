"""What a row means for a reader who may be known already."""

from __future__ import annotations

import pytest

from newsletter.audience.columns import Row
from newsletter.audience.decide import Outcome, decide
from newsletter.model.subscriber import Consent, KnownReader

U, C, N = Consent.UNCONFIRMED, Consent.CONFIRMED, Consent.UNSUBSCRIBED


def row(consent: Consent | None = None, name: str | None = None, **fields: str) -> Row:
    return Row(line=2, email="a@example.org", email_key="a@example.org", name=name, consent=consent, fields=fields)


def known(consent: Consent | None, name: str = "Ada", **fields: str) -> KnownReader:
    return KnownReader(name=name, tags=("choir",), language="en", zone="", fields=fields, consent=consent)


@pytest.mark.parametrize(
    ("before", "said", "suppressed", "outcome", "after"),
    [
        # a stranger
        ("stranger", None, False, Outcome.IMPORTED, C),
        ("stranger", U, False, Outcome.IMPORTED, U),
        ("stranger", N, False, Outcome.IMPORTED, N),
        ("stranger", C, True, Outcome.SUPPRESSED, None),
        ("stranger", N, True, Outcome.SUPPRESSED, None),
        # a reader of another publication of the workspace
        (None, None, False, Outcome.IMPORTED, C),
        # a reader
        (C, None, False, Outcome.UNCHANGED, None),
        (C, U, False, Outcome.UNCHANGED, None),
        (C, N, False, Outcome.UPDATED, N),
        (U, None, False, Outcome.UPDATED, C),
        (U, U, False, Outcome.UNCHANGED, None),
        # a no is never taken back, and always taken
        (N, None, False, Outcome.SUPPRESSED, None),
        (N, C, False, Outcome.SUPPRESSED, None),
        (N, N, False, Outcome.UNCHANGED, None),
        (C, C, True, Outcome.SUPPRESSED, None),
        (C, N, True, Outcome.UPDATED, N),
    ],
)
def test_what_a_row_does_to_consent(
    before: object, said: Consent | None, suppressed: bool, outcome: Outcome, after: Consent | None
) -> None:
    reader = None if before == "stranger" else known(before if isinstance(before, Consent) else None)
    decision = decide(row(said), reader, suppressed=suppressed)
    assert decision.outcome is outcome
    assert (decision.keep.consent if decision.keep else None) is after


def test_columns_the_file_lacks_stay_and_empty_cells_empty() -> None:
    decision = decide(row(name="Ada B.", street="", town="Alderwick"), known(C, street="Mill Street"), suppressed=False)
    assert decision.outcome is Outcome.UPDATED and decision.keep is not None
    assert (decision.keep.name, decision.keep.tags, decision.keep.fields) == (
        "Ada B.",
        ("choir",),
        {"town": "Alderwick"},
    )


def test_who_said_no_stays_out_while_their_name_is_mended() -> None:
    decision = decide(row(name="Ada B."), known(N), suppressed=False)
    assert decision.outcome is Outcome.SUPPRESSED and decision.keep is not None
    assert (decision.keep.name, decision.keep.consent) == ("Ada B.", N)
