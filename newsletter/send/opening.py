"""A connection for the next messages, with patience. It waits: never from the loop."""

from __future__ import annotations

import threading

from newsletter.send.fleet import Fleet, Way
from newsletter.send.stopped import ServerAway

TRIES = (0.0, 0.5, 2.0, 8.0)
"""Seconds to wait before each try to connect; after the last one the connection is given up."""


def open_anew(fleet: Fleet, stop: threading.Event, old: Way | None) -> Way | None:
    """Take leave of the old one and connect, perhaps to another server.

    None where the run stops, or others carry on without this one. Raises SendStopped; ServerAway after the last try.
    """
    if old is not None:
        old.close()
    last: ServerAway | None = None
    for wait in TRIES:
        if stop.wait(wait) if wait else stop.is_set():
            return None
        try:
            return fleet.open()
        except ServerAway as cause:
            last = cause
    assert last is not None
    raise last
