"""The mail servers of a run: which one the next connection goes to, and which one rests for a while."""

from __future__ import annotations

import logging
import math
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from newsletter.clock import Clock
from newsletter.model.delivery import DeliveryState
from newsletter.send.address import Envelope
from newsletter.send.line import Line
from newsletter.send.outcomes import Answer, Verdict
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.settings import Smtp

log = logging.getLogger(__name__)

FIRST_REST = 30.0
LONGEST_REST = 900.0
"""Seconds that a failing server rests while others carry on; doubled each time in a row."""

LOST_IN_A_ROW = 10
"""Messages that a server did not take for reasons of its own, after which it rests."""


IN_VAIN = 3
"""Connections lost with an envelope behind a final dot, after which a server gets none there any more."""


class Way:
    """A connection to one of the servers, used by one thread."""

    def __init__(self, fleet: Fleet, server: Smtp, line: Line) -> None:
        self._fleet, self.server, self._line = fleet, server, line
        self._closed = False

    @property
    def is_worn(self) -> bool:
        """Whether it should be opened anew, perhaps to another server."""
        return self._line.is_worn or self._fleet.should_leave(self.server)

    @property
    def line(self) -> Line:
        """What it goes over."""
        return self._line

    @property
    def may_go_ahead(self) -> bool:
        """Whether the next envelope may stand behind a final dot: not where limits count, or that went wrong."""
        return not self.server.limits and self._fleet.goes_ahead(self.server)

    def hand_over(self, envelope: Envelope, message: bytes, message_id: str) -> Answer:
        """One message; see `Line`."""
        return self._line.hand_over(envelope, message, message_id)

    def went_ahead_in_vain(self, *, for_good: bool) -> None:
        """An envelope behind a final dot was refused as such, or the connection was lost over it."""
        self._fleet.ahead_in_vain(self.server, IN_VAIN if for_good else 1)

    def judged(self, verdict: Verdict, why: str) -> bool:
        """What became of it. True: it was this server's fault, it rests, and another one carries on."""
        return self._fleet.judged(self.server, verdict, why)

    def cannot(self, why: str) -> bool:
        """It can take no message of this issue. True: it rests, and another one carries on."""
        return self._fleet.rest(self.server, why)

    def close(self) -> None:
        """Take leave, once."""
        if not self._closed:
            self._closed = True
            self._line.close()
            self._fleet.returned(self.server)


_guard = threading.Lock()
_in_use: Counter[str] = Counter()
"""Connections of all issues that this process sends, for each account: a server counts them together."""


class Fleet:
    """Gives connections out by weight, among the servers that do not rest and have one free.

    Issues that go out at the same time share what a server takes, and each of them has at least one connection.
    """

    def __init__(self, servers: Sequence[Smtp], open_line: Callable[[Smtp], Line], clock: Clock) -> None:
        self._servers = tuple(servers)
        self._open_line = open_line
        self._clock = clock
        self._guard = threading.Lock()
        self._leased: Counter[Smtp] = Counter()
        self._given: Counter[Smtp] = Counter()
        self._lost: Counter[Smtp] = Counter()
        self._rests: dict[Smtp, tuple[float, float]] = {}
        self._in_vain: Counter[Smtp] = Counter()

    @property
    def servers(self) -> int:
        """How many there are."""
        return len(self._servers)

    @property
    def connections(self) -> int:
        """How many there may be at once."""
        return sum(_share(server, self._servers) for server in self._servers)

    def open(self) -> Way | None:
        """A connection to the server whose turn it is; where it cannot be had, to another one.

        None where those that do not rest have all the connections they may have. Raises SendStopped, or ServerAway
        where another try may help, if no server can be had.
        """
        refused: list[SendStopped] = []
        tried: set[Smtp] = set()
        while (server := self._next(tried)) is not None:
            tried.add(server)
            try:
                return Way(self, server, self._open_line(server))
            except SendStopped as cause:
                self.returned(server)
                self.rest(server, cause.message)
                refused.append(cause)
            except BaseException:
                self.returned(server)
                raise
        with self._guard:
            if not refused or self._healthy(self._clock.monotonic()):
                return None
        raise next((one for one in refused if isinstance(one, ServerAway)), refused[-1])

    def _next(self, tried: set[Smtp]) -> Smtp | None:
        with self._guard:
            now = self._clock.monotonic()
            among = self._healthy(now) or self._servers
            is_first = not any(self._leased.values())
            with _guard:
                free = [
                    one
                    for one in among
                    if one not in tried
                    and self._leased[one] < _share(one, among)
                    and (is_first or _in_use[one.account] < one.connections)
                ]
                if not free:
                    return None
                server = min(free, key=lambda one: (self._given[one] + 1) / one.weight)
                _in_use[server.account] += 1
            self._leased[server] += 1
            self._given[server] += 1
            return server

    def returned(self, server: Smtp) -> None:
        """A connection is closed."""
        with self._guard, _guard:
            self._leased[server] -= 1
            _in_use[server.account] -= 1

    def judged(self, server: Smtp, verdict: Verdict, why: str) -> bool:
        """What became of a message of this server; whether it rests now and another one carries on."""
        with self._guard:
            if verdict.state is DeliveryState.SENT:
                self._rests.pop(server, None)
            self._lost[server] = self._lost[server] + 1 if verdict.suspicious else 0
            too_many = self._lost[server] >= LOST_IN_A_ROW
        return (verdict.rests or too_many) and self.rest(server, why)

    def rest(self, server: Smtp, why: str, seconds: float | None = None) -> bool:
        """Let a server rest, if there is another one that does not; whether there is."""
        with self._guard:
            now = self._clock.monotonic()
            until, last = self._rests.get(server, (0.0, FIRST_REST / 2))
            if until <= now:
                last = seconds if seconds is not None else min(last * 2, LONGEST_REST)
                self._rests[server] = (now + last, last if seconds is None else FIRST_REST / 2)
                if len(self._servers) > 1:
                    log.warning("The mail server %s rests for %.0f s: %s", server, last, why)
            self._lost[server] = 0
            return self._has_others(server, now)

    def goes_ahead(self, server: Smtp) -> bool:
        """Whether the server takes an envelope behind a final dot, as far as is known."""
        return self._in_vain[server] < IN_VAIN

    def ahead_in_vain(self, server: Smtp, weight: int) -> None:
        """It did not take one."""
        with self._guard:
            self._in_vain[server] += weight

    def should_leave(self, server: Smtp) -> bool:
        """Whether it rests and another one does not."""
        if len(self._servers) == 1:
            return False
        with self._guard:
            now = self._clock.monotonic()
            return self._rests.get(server, (0.0, 0.0))[0] > now and self._has_others(server, now)

    def _has_others(self, server: Smtp, now: float) -> bool:
        return any(one != server for one in self._healthy(now))

    def _healthy(self, now: float) -> list[Smtp]:
        return [one for one in self._servers if self._rests.get(one, (0.0, 0.0))[0] <= now]


def _share(server: Smtp, among: Sequence[Smtp]) -> int:
    """How many connections it may have beside these: by weight, so that the most that fits is in use."""
    each = min(one.connections / one.weight for one in among)
    return min(server.connections, max(1, math.ceil(each * server.weight)))
