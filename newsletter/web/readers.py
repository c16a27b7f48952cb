"""The readers: how many said yes, and who they are."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from newsletter.model.subscriber import Consent, SubscriberId
from newsletter.store import subscribers
from newsletter.web.page import page
from newsletter.web.place import place_of

router = APIRouter()

SHOWN = 100


@router.get("/readers")
def listing(request: Request, q: str = "", status: str = "", after: int = 0) -> Response:
    """Counts, and a page of readers."""
    place = place_of(request)
    consent = Consent(status) if status in list(Consent) else None
    with place.store.reading() as tx:
        counts = subscribers.counts(tx, place.publication_id)
        found = subscribers.listing(
            tx,
            place.publication_id,
            consent=consent,
            search=q.strip()[:200] or None,
            after=SubscriberId(min(after, 2**31 - 1)) if after > 0 else None,
            limit=SHOWN + 1,
        )
    more = found[SHOWN - 1].id if len(found) > SHOWN else None
    return page(request, "readers", counts=counts, found=found[:SHOWN], more=more, q=q, consent=consent)
