"""Sign-ins that failed, for the audit log: whose account was tried, from where, what was wrong; never what was typed.

A name that nobody has is told as `unknown`: people type a password into the field of the name. Repeats are counted in
one line an hour, so that nobody fills the disk by guessing (`store/audit.py`); of who is locked out only the first is
written down, so that a flood makes no writes.
"""

from __future__ import annotations

from starlette.requests import Request

from newsletter.store import audit, users
from newsletter.web.limits import address_of, counted
from newsletter.web.place import place_of

DEED = "signin.refused"
PASSWORD, CODE, LOCKED = "password", "code", "locked"
"""What was wrong: the password, the code of the second factor, or that it was tried too often before."""
UNKNOWN = "unknown"


def refused(request: Request, name: str, why: str) -> None:
    """Write down that somebody did not get in."""
    place, now = place_of(request), place_of(request).clock.now()
    address = counted(address_of(request)).removeprefix("from ")
    with place.store.reading() as tx:
        found = users.find(tx, name)
        who, stranger = found[0].name if found else UNKNOWN, found is None
        if why == LOCKED and audit.is_told(
            tx, at=now, who=who, deed=DEED, subject=why, address=address, stranger=stranger
        ):
            return
    with place.store.writing() as tx:
        audit.count(tx, at=now, who=who, via="desk", deed=DEED, subject=why, address=address, stranger=stranger)
