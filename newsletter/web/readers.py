"""The readers: how many said yes, and who they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.audience import readers
from newsletter.errors import NewsletterError
from newsletter.model.subscriber import Consent, Subscriber, SubscriberId
from newsletter.model.user import Role
from newsletter.store import subscribers
from newsletter.web.languages import gettext as _
from newsletter.web.page import back, page
from newsletter.web.place import place_of
from newsletter.web.roles import needs

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
    return _shown(request, counts=counts, found=found, q=q, consent=consent)


@router.post("/readers", dependencies=[needs(Role.PUBLISHER)])
def add(
    request: Request,
    email: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    again: Annotated[bool, Form()] = False,
) -> Response:
    """One reader who asked for it. An address that cannot be taken stays in its field, with the reason; who
    unsubscribed is asked about once more (`again`).
    """
    place = place_of(request)
    try:
        reader = readers.add(
            place.store,
            place.clock,
            place.publication_id,
            email,
            name=name.strip() or None,
            how="desk",
            also_who_left=again,
        )
    except NewsletterError as error:
        with place.store.reading() as tx:
            counts = subscribers.counts(tx, place.publication_id)
            found = subscribers.listing(tx, place.publication_id, limit=SHOWN + 1)
        return _shown(request, 400, counts=counts, found=found, email=email, name=name, wrong=error)
    return back(request, "/readers", _("%(email)s is on the list.", email=reader.email))


def _shown(
    request: Request,
    status: int = 200,
    *,
    counts: dict[Consent, int],
    found: list[Subscriber],
    q: str = "",
    consent: Consent | None = None,
    email: str = "",
    name: str = "",
    wrong: NewsletterError | None = None,
) -> Response:
    more = found[SHOWN - 1].id if len(found) > SHOWN else None
    return page(
        request,
        "readers",
        status=status,
        counts=counts,
        found=found[:SHOWN],
        more=more,
        q=q,
        consent=consent,
        typed={"email": email, "name": name},
        wrong=wrong.message if wrong else "",
        left=wrong is not None and wrong.code == "left",
    )
