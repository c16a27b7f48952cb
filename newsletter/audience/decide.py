"""What a row of a list means for a reader who may be known already. Touches nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from newsletter.audience.columns import Row
from newsletter.model.subscriber import Consent, KnownReader, SubscriberData


class Outcome(StrEnum):
    """What became of a row."""

    IMPORTED = "imported"
    """New to the publication."""
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"
    """Must not be mailed, or has said no: stays so, whatever the row says."""


class Decision(NamedTuple):
    """What became of a row, and what is to be stored; none where nothing is."""

    outcome: Outcome
    keep: SubscriberData | None = None


def decide(row: Row, known: KnownReader | None, *, suppressed: bool) -> Decision:
    """An import says yes for new readers and no for anybody, and never takes a reader's own no back.

    Names, tags and fields are what the file says, empty cells included; columns that it does not have stay.
    """
    if suppressed and not (known and row.consent is Consent.UNSUBSCRIBED):
        return Decision(Outcome.SUPPRESSED)
    said_before = known.consent if known else None
    wanted = _merged(row, known, _consent(row.consent, said_before))
    if known is None or said_before is None:
        return Decision(Outcome.IMPORTED, wanted)
    changed = _as_known(wanted) != known
    if said_before is Consent.UNSUBSCRIBED and row.consent is not Consent.UNSUBSCRIBED:
        return Decision(Outcome.SUPPRESSED, wanted if changed else None)
    return Decision(Outcome.UPDATED, wanted) if changed else Decision(Outcome.UNCHANGED)


def _consent(said: Consent | None, before: Consent | None) -> Consent:
    if before is Consent.UNSUBSCRIBED or said is Consent.UNSUBSCRIBED:
        return Consent.UNSUBSCRIBED
    if before is Consent.CONFIRMED:
        return Consent.CONFIRMED  # an older list must not take a yes back
    return said or Consent.CONFIRMED


def _merged(row: Row, known: KnownReader | None, consent: Consent) -> SubscriberData:
    fields = {**(known.fields if known else {}), **row.fields}
    return SubscriberData(
        email=row.email,
        email_key=row.email_key,
        name=_newer(row.name, known.name if known else ""),
        tags=row.tags if row.tags is not None else known.tags if known else (),
        language=_newer(row.language, known.language if known else ""),
        zone=_newer(row.zone, known.zone if known else ""),
        fields={name: value for name, value in fields.items() if value},
        consent=consent,
    )


def _newer(said: str | None, before: str) -> str:
    return before if said is None else said


def _as_known(data: SubscriberData) -> KnownReader:
    return KnownReader(
        name=data.name,
        tags=data.tags,
        language=data.language,
        zone=data.zone,
        fields=data.fields,
        consent=data.consent,
    )
