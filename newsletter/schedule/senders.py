"""One thread for each issue that is being sent, so that an issue that waits never holds another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueId

log = logging.getLogger(__name__)

FIRST_REST = 15.0
LONGEST_REST = 300.0
"""Seconds that an issue rests after its server or the database stopped it; doubled each time in a row."""


class Senders:
    """The running senders of this process. `send(issue, stop)` sends what is due and returns."""

    def __init__(self, send: Callable[[IssueId, threading.Event], object], clock: Clock) -> None:
        self._send, self._clock = send, clock
        self._guard = threading.Lock()
        self._running: dict[IssueId, threading.Thread] = {}
        self._rests: dict[IssueId, tuple[float, float]] = {}
        self._trouble: dict[IssueId, str] = {}
        self.stopping = threading.Event()

    def see_to(self, issues: Iterable[IssueId]) -> None:
        """Start a sender for each of these that has none and does not rest."""
        with self._guard:
            for issue in issues:
                if self.stopping.is_set() or issue in self._running or self._rests_still(issue):
                    continue
                thread = threading.Thread(target=self._run, args=(issue,), name=f"send-issue-{issue}", daemon=True)
                self._running[issue] = thread
                thread.start()

    def is_running(self, issue: IssueId) -> bool:
        """Whether a sender works on it at this moment."""
        with self._guard:
            return issue in self._running

    def trouble(self, issue: IssueId) -> str | None:
        """Why the last run over this issue stopped, in one sentence."""
        with self._guard:
            return self._trouble.get(issue)

    def rouse(self) -> None:
        """End all rests: somebody asked for it now."""
        with self._guard:
            self._rests.clear()

    def stop(self, timeout: float) -> None:
        """Let each sender finish the messages under way, for at most so many seconds altogether."""
        self.stopping.set()
        end = self._clock.monotonic() + timeout
        with self._guard:
            running = list(self._running.values())
        for thread in running:
            thread.join(max(0.0, end - self._clock.monotonic()))

    def _rests_still(self, issue: IssueId) -> bool:
        return issue in self._rests and self._clock.monotonic() < self._rests[issue][0]

    def _run(self, issue: IssueId) -> None:
        why: str | None = None
        try:
            self._send(issue, self.stopping)
        except NewsletterError as error:
            why = error.message
            log.warning("Issue %s is not sent on: %s", issue, error.message)
        except Exception:
            why = "The sender stopped on a fault of the program; its log says which."
            log.exception("The sender of issue %s stopped", issue)
        finally:
            with self._guard:
                self._running.pop(issue, None)
                if why is None:
                    self._rests.pop(issue, None)
                    self._trouble.pop(issue, None)
                else:
                    rest = min(self._rests.get(issue, (0.0, FIRST_REST / 2))[1] * 2, LONGEST_REST)
                    self._rests[issue] = (self._clock.monotonic() + rest, rest)
                    self._trouble[issue] = why
