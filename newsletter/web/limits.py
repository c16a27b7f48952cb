"""Patience at the door: who guesses passwords has to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from newsletter.clock import Clock
from newsletter.store import Store, Tx, attempts

TRIES = 8
WITHIN = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
"""The longest time for which anybody counts."""
LONGEST_KEY = 200


@dataclass(frozen=True)
class Limit:
    """How many tries there are under one key."""

    key: str
    times: int = 1
    """So much more patience than usual."""
    within: timedelta = WITHIN
    counts: bool = True
    """Whether this try is counted here, too, or only the earlier ones are looked at."""


@dataclass(frozen=True)
class Taken:
    """A try: what was counted of it; or how many seconds it has to wait, and nothing was."""

    wait: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Attempts:
    """Failed sign-ins of the last minutes, by whatever key the caller counts under. In the database: a restart
    forgives nobody, and several machines count together.
    """

    store: Store
    clock: Clock

    def wait(self, key: str, *, times: int = 1, within: timedelta = WITHIN) -> int:
        """Seconds until this key may try again; 0 where it may now. `times`: so much more patience than usual."""
        with self.store.reading() as tx:
            return _wait(tx, Limit(key, times, within), self.clock.now())

    def take(self, *limits: Limit) -> Taken:
        """Count a try before it is looked at, where there is one left under each of these.

        `forgive` what was taken where it was right. Who has to wait anyway writes nothing.
        """
        now, keys = self.clock.now(), [one.key[:LONGEST_KEY] for one in limits if one.counts]
        with self.store.reading() as tx:
            wait = max(_wait(tx, one, now) for one in limits)
        if wait:
            return Taken(wait)
        with self.store.writing() as tx:
            attempts.take_turn(tx)
            if wait := max(_wait(tx, one, now) for one in limits):  # somebody was faster
                return Taken(wait)
            return Taken(rows=tuple(attempts.add(tx, keys, now, forget_before=now - LONGEST)))

    def forgive(self, taken: Taken, *keys: str) -> None:
        """It was right, or was not looked at; with all earlier ones under the keys that are named."""
        with self.store.writing() as tx:
            attempts.forgive(tx, taken.rows)
            if keys:
                attempts.forget(tx, [key[:LONGEST_KEY] for key in keys])

    def failed(self, *keys: str) -> None:
        """Count one under each key."""
        now = self.clock.now()
        with self.store.writing() as tx:
            attempts.add(tx, [key[:LONGEST_KEY] for key in keys], now, forget_before=now - LONGEST)

    def forget(self, *keys: str) -> None:
        """The right password was given."""
        with self.store.writing() as tx:
            attempts.forget(tx, [key[:LONGEST_KEY] for key in keys])


def _wait(tx: Tx, limit: Limit, now: datetime) -> int:
    within = limit.within
    at = attempts.nth_latest(tx, limit.key[:LONGEST_KEY], now - within, TRIES * limit.times)
    return 0 if at is None else min(int((at + within - now).total_seconds()) + 1, int(within.total_seconds()))


def address_of(request: Request) -> str:
    """Where a request came from: its address, behind a proxy that the settings name the one that it tells."""
    return request.client.host if request.client else ""


def counted(address: str) -> str:
    """The key of an address: of IPv6 its network of 64 bits, in which everybody has as many as they like."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"from {address}"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"from {ip_network((parsed, 64), strict=False)}"
    return f"from {getattr(parsed, 'ipv4_mapped', None) or parsed}"
