"""APScheduler as an alarm clock, and nothing more: it wakes the tick. The tables know what is due.

Its job store is memory: a store cannot be shared between processes, a job leaves it when it is submitted, and a missed
job is dropped after a second by default. None of that matters to a tick that asks the tables.
"""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueId
from newsletter.schedule.clockwatch import ClockWatch
from newsletter.schedule.collecting import collect_all
from newsletter.schedule.digests import make_due
from newsletter.schedule.senders import Senders
from newsletter.schedule.telling import tell
from newsletter.schedule.tick import tick
from newsletter.send.role import Role, RoleTaken, sender_role
from newsletter.send.stopped import ServerAway
from newsletter.settings import Settings
from newsletter.store import Store, schedules, stalls

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a look that falls out while one goes on is no news

EVERY = 5.0
"""Seconds between two ticks."""
OUTAGE = 1_800.0
"""Seconds that a mail server may be away before an issue on its way is paused for a person."""
PATIENCE = 60.0
"""Seconds that the senders get to finish the messages under way."""


class Alarm:
    """Wakes the tick every few seconds and at the exact next moment, and keeps the senders of what is due.

    It holds the sender role while it runs: an `issue send` beside it hands over and follows.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        *,
        every: float = EVERY,
        outage: float = OUTAGE,
        collects: bool = False,
    ) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._every, self._outage, self._collects = every, outage, collects
        self._senders = Senders(self._send, clock)
        self._watch = ClockWatch(store, clock)
        self._ticked: float | None = None
        self._role: Role | None = None
        self._away: dict[IssueId, float] = {}
        self._held = ExitStack()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={name: ThreadPoolExecutor(1) for name in ("default", "collecting", "digests", "telling")},
            timezone="UTC",
        )
        self._no_more = threading.Event()

    def start(self) -> None:
        """Begin with a tick at once."""
        # A rehearsal's clock may be far away; APScheduler only knows the real one.
        real = Clock().now()
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._every,
            next_run_time=real,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.add_job(
            self._make_digests,
            "interval",
            seconds=self._every,
            next_run_time=real,
            executor="digests",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.add_job(
            self._tell,
            "interval",
            seconds=self._every,
            next_run_time=real,
            executor="telling",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        if self._collects:
            self._scheduler.add_job(
                lambda: collect_all(self._store, self._settings, self._clock, self._no_more),
                "interval",
                seconds=self._settings.fetching.every,
                next_run_time=real,
                executor="collecting",
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def wake(self) -> None:
        """Tick now: something changed that may be due."""
        self._senders.rouse()
        if self._scheduler.running:
            self._at(Clock().now(), "woken")

    def trouble(self, issue: IssueId) -> str | None:
        """Why this issue is not being sent on, in one sentence; none where nothing is known to be wrong."""
        return self._senders.trouble(issue)

    def since_tick(self) -> float | None:
        """Seconds since the tables were last asked what is due; none before the first time."""
        return None if self._ticked is None else self._clock.monotonic() - self._ticked

    def stop(self) -> None:
        """No more ticks; the senders finish the messages under way."""
        self._no_more.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._senders.stop(PATIENCE)
        self._held.close()

    def _tick(self) -> None:
        try:
            self._watch.look()
            due = tick(self._store, self._settings, self._clock)
            if self._may_send():
                self._senders.see_to(due)
            with self._store.reading() as tx:
                following = schedules.next_at(tx, self._clock.now())
        except NewsletterError as error:  # a busy database: the next tick asks again
            log.warning("The tick found no answer: %s", error.message)
            return
        self._ticked = self._clock.monotonic()
        if following is not None:
            self._at(Clock().now() + (following - self._clock.now()), "next")

    def _make_digests(self) -> None:
        """In a thread of its own: collecting takes as long as the slowest source, and holds no issue."""
        if self._role is None:
            return
        try:
            made = make_due(self._store, self._settings, self._clock, self._no_more)
        except NewsletterError as error:
            log.warning("No digest was made: %s", error.message)
            return
        if made and not self._no_more.is_set():
            self.wake()

    def _tell(self) -> None:
        """In a thread of its own: a server for alerts that does not answer holds nothing else."""
        try:
            tell(self._store, self._settings, self._clock, self._no_more)
        except NewsletterError as error:
            log.warning("Nobody could be told: %s", error.message)
        except Exception:
            log.exception("Telling stopped on a fault of the program")

    def _may_send(self) -> bool:
        """Hold the sender role from now on; while an `issue send` has it, that one sends, and we ask again."""
        if self._role is not None and self._role.lost.is_set():  # the database ended the connection that held it
            self._role = None
            self._held.close()
        if self._role is None:
            try:
                self._role = self._held.enter_context(sender_role(self._store, self._settings.workspace, self._clock))
            except RoleTaken:
                return False
        return True

    def _at(self, when: datetime, name: str) -> None:
        self._scheduler.add_job(
            self._tick, "date", run_date=when, id=name, replace_existing=True, coalesce=True, misfire_grace_time=None
        )

    def _send(self, issue: IssueId, stop: threading.Event) -> None:
        from newsletter.workflows.deliver import deliver, pause_with

        try:
            tally = deliver(self._store, self._settings, self._clock, issue, stop=stop, role=self._role)
            log.info("A run over the issue with the id %s is over", issue, extra={"event": "run", **vars(tally)})
        except ServerAway as cause:
            since = self._away.setdefault(issue, self._clock.monotonic())
            if self._clock.monotonic() - since >= self._outage:
                self._away.pop(issue)
                pause_with(self._store, issue, cause.message)
            with self._store.writing() as tx:
                if issue in self._away:
                    stalls.keep(tx, issue, cause.message, now=self._clock.now())
                else:  # it is paused, which is told; resumed it does not stand still since then
                    stalls.end(tx, issue)
            raise
        self._away.pop(issue, None)
        with self._store.writing() as tx:
            stalls.end(tx, issue)
