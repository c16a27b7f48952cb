"""An issue on its way out: take the role, freeze the audience, send what is due, say what became of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import uuid4

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused, SettingsError
from newsletter.model.delivery import DeliveryState, Tally
from newsletter.model.header import split_address
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.publication import PublicationId
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Compiled, MessageIds, Reader, compile_rendition, message_ids
from newsletter.model.subscriber import SubscriberId
from newsletter.model.tokens import unsubscribe_url
from newsletter.send.address import Envelope, wire_address
from newsletter.send.fleet import Fleet, Way
from newsletter.send.ledger import PATIENCE, Ledger
from newsletter.send.letter import Message
from newsletter.send.line import open_line
from newsletter.send.outcomes import Answer, judge
from newsletter.send.role import Role, RoleLost, RoleTaken, sender_role
from newsletter.send.sender import Run
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.settings import Settings, is_loopback
from newsletter.store import Store, audience, canaries, deliveries, issues, renditions

Progress = Callable[[Tally], None]

NO_PUBLICATION, NOBODY, NO_ISSUE = PublicationId(0), SubscriberId(0), IssueId(0)
"""Of a test, which has no reader: its link to unsubscribe ends nothing."""

CHUNK = 5_000
"""Readers frozen in one transaction: others write between two of them."""

REPORT_EVERY = 1.0
"""Seconds between two reports of progress."""

COUNT_SHARE = 20
"""Counting a million rows takes a while: at most one part in so many of the time."""

TRY_ROLE_EVERY = 5.0
"""Seconds a follower waits before it asks whether the sender is gone."""


def deliver(
    store: Store,
    settings: Settings,
    clock: Clock,
    issue: IssueId,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    role: Role | None = None,
) -> Tally:
    """Send an issue that is in state *sending* until nothing is queued or attempting; the counts at the end.

    Run again it continues, and repeats nobody. Later deferrals are left for the next run; when nothing is left the
    issue is *sent*. Setting `stop` ends it within one message per connection, as pausing the issue does. A process
    that holds the role already hands it in, and never sends one issue twice at a time.

    What stops a run on its way pauses the issue, with why: a person looks, and resumes. Only a server that is away is
    tried again by who holds the role for long.

    Raises RoleTaken where another process sends, RoleLost where ours went with its connection, SendStopped where the
    server takes no more, SettingsError where no server or no key is set.
    """
    stop = stop or threading.Event()
    has_role = role is not None
    before = 0
    with ExitStack() as held:
        if role is None:
            role = held.enter_context(sender_role(store, settings.workspace, clock))
        else:  # a run of ours that broke off, with the database gone, may have left rows behind
            with store.writing() as tx:
                deliveries.doubt(tx, role.owner, issue=issue, now=clock.now())
        with store.reading() as tx:
            sending = deliveries.sending(tx, issue)
            if sending.state is not IssueState.SENDING:
                return deliveries.tally(tx, issue)
            if sending.rendition is None or sending.cut_off is None:
                raise Refused(f"Issue {sending.number} has no approved rendition; approve it first.")
            rendition = renditions.get(tx, sending.rendition).data
            work_left = sending.frozen_at is None or bool(deliveries.due_ids(tx, issue, limit=1, now=clock.now()))
        if work_left:
            fleet = _fleet(settings, clock, rendition.base_url)
            message = _message(rendition, settings, sending.publication, issue)
            _opened(fleet).close()  # a wrong host or login is told before anything is written
            _freeze(store, clock, issue, progress, stop)
            with store.reading() as tx:
                before = deliveries.tally(tx, issue).audience
            names = message_ids(rendition, issue)
            try:
                _send(store, settings, clock, sending, message, names, fleet, role, progress, stop)
            except SendStopped as cause:
                if not (has_role and isinstance(cause, ServerAway)):
                    pause_with(store, issue, cause.message)
                raise
        with store.writing() as tx:
            deliveries.finish(tx, issue, now=clock.now())
            tally = deliveries.tally(tx, issue)
        if work_left and tally.audience != before:
            raise NewsletterError(
                f"The ledger of issue {sending.number} has {tally.audience} rows and had {before} when the run began. "
                "Somebody changed the database beside us. Compare it with a backup before you send again.",
                code="ledger",
            )
    if progress:
        progress(tally)
    return tally


def pause_with(store: Store, issue: IssueId, why: str) -> bool:
    """Pause an issue that is being sent, and keep why for a person to read; whether it was being sent."""
    with store.writing() as tx:
        return issues.move(tx, issue, [IssueState.SENDING], IssueState.PAUSED, {"held_why": why})


def follow(
    store: Store, issue: IssueId, progress: Progress | None = None, stop: threading.Event | None = None
) -> Tally:
    """Watch an issue that another process sends, until nothing is queued or attempting, or it is not sending any more.

    `stop` ends the watching, not the sending.
    """
    stop = stop or threading.Event()
    while True:
        tally, over = _look(store, issue)
        if progress:
            progress(tally)
        if over or stop.wait(REPORT_EVERY):
            return tally


def send_or_follow(
    store: Store,
    settings: Settings,
    clock: Clock,
    issue: IssueId,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Tally:
    """`deliver`, or `follow` while another process has the role; where that one dies, carry on in its place."""
    stop = stop or threading.Event()
    while True:
        try:
            tally = deliver(store, settings, clock, issue, progress=progress, stop=stop)
            with store.reading() as tx:
                until, state = canaries.of(tx, issue).until, deliveries.sending(tx, issue).state
            if until is None or state is not IssueState.SENDING:
                return tally
            if stop.wait(max(0.0, min((until - clock.now()).total_seconds(), REPORT_EVERY))):
                return tally
            continue
        except RoleLost:  # the database went away, and may come back
            patience = clock.monotonic() + PATIENCE
            while not store.answers() and clock.monotonic() < patience and not stop.wait(REPORT_EVERY):
                pass
            continue
        except RoleTaken:
            patience = clock.monotonic() + TRY_ROLE_EVERY
        while clock.monotonic() < patience:
            tally, over = _look(store, issue)
            if progress:
                progress(tally)
            if over or stop.wait(REPORT_EVERY):
                return tally


@dataclass(frozen=True)
class Tried:
    """What became of a test: the addresses it reached, and the others with why."""

    sent: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def test_send(
    settings: Settings,
    clock: Clock,
    rendition: RenditionData,
    addresses: Sequence[str],
    *,
    publication: PublicationId = NO_PUBLICATION,
) -> Tried:
    """Send a rendition, its subject marked “[Test]”, to these addresses. Touches no ledger.

    The link to unsubscribe is that of a test, which has no reader. Raises SendStopped where the server takes nothing.
    """
    fleet = _fleet(settings, clock, rendition.base_url)
    marked = replace(rendition, subject=f"[Test] {rendition.subject}")
    message = _message(marked, settings, publication, NO_ISSUE)
    names = message_ids(marked, 0)
    line = _opened(fleet)
    sent: list[str] = []
    failed: list[tuple[str, str]] = []
    try:
        for address in addresses:
            try:
                answer = _hand_over_one(line, message, address, names, clock)
            except ValueError as cause:
                failed.append((address, str(cause)))
                continue
            if judge(answer).state is DeliveryState.SENT:
                sent.append(address)
            else:
                failed.append((address, str(answer)))
            if line.is_worn:
                line.close()
                line = _opened(fleet)
    finally:
        line.close()
    return Tried(tuple(sent), tuple(failed))


def try_server(settings: Settings) -> None:
    """Connect and log in, and take leave again. Raises SettingsError or SendStopped with what is wrong.

    Of several servers one is enough.
    """
    _opened(_fleet(settings, Clock(), settings.base_url)).close()


# ---------------------------------------------------------------- the phases


class _Stop(threading.Event):
    """Set when the run ends itself, or when one of these is; setting it does not touch them."""

    def __init__(self, *outer: threading.Event) -> None:
        super().__init__()
        self._outer = outer

    def is_set(self) -> bool:
        """Whether any of them is."""
        return super().is_set() or any(one.is_set() for one in self._outer)


def _freeze(store: Store, clock: Clock, issue: IssueId, progress: Progress | None, stop: threading.Event) -> None:
    complete = False
    while not complete and not stop.is_set():
        with store.writing() as tx:
            complete = audience.freeze(tx, issue, limit=CHUNK, now=clock.now())
        if progress and not complete:
            with store.reading() as tx:
                progress(deliveries.tally(tx, issue))
    if complete:
        with store.writing() as tx:
            audience.take_stock(tx)


def _send(
    store: Store,
    settings: Settings,
    clock: Clock,
    sending: deliveries.Sending,
    message: Message,
    names: MessageIds,
    fleet: Fleet,
    role: Role,
    progress: Progress | None,
    stop: threading.Event,
) -> None:
    """Rounds of sending, until nothing is due: a row may go back to the queue when the others are done."""
    ended = _Stop(stop, role.lost)

    def wait(done: threading.Event) -> None:
        pause = REPORT_EVERY
        while not done.wait(pause):
            if ended.is_set():
                ended.set()  # wakes who waits to connect again
            if progress:
                began = clock.monotonic()
                with suppress(NewsletterError):  # the ledger waits for the database, and so does this
                    progress(_look(store, sending.issue)[0])
                pause = max(REPORT_EVERY, (clock.monotonic() - began) * COUNT_SHARE)

    while not ended.is_set():
        with store.reading() as tx:
            tally = deliveries.tally(tx, sending.issue)
            goes_on = deliveries.sending(tx, sending.issue).state is IssueState.SENDING
            canary = canaries.of(tx, sending.issue)
            if not goes_on or not deliveries.due_ids(tx, sending.issue, limit=1, now=clock.now()):
                return
        first = _first_ones(store, settings, clock, sending.issue, canary)
        if first == 0:
            return
        assert sending.cut_off is not None
        with Ledger(store, clock, sending.issue, owner=role.owner, names=names, stop=ended, hurry=stop) as ledger:
            ledger.left = first
            run = Run(
                ledger,
                message,
                fleet,
                began=sending.cut_off,
                clock=clock,
                stop=ended,
                pause_above=settings.pause_above,
            )
            try:
                run.go(min(fleet.connections, tally.queued + tally.deferred), wait)
            except SendStopped as cause:
                raise cause.after(run.sent) from cause.__cause__
        if role.lost.is_set():
            raise RoleLost
        if ledger.failure is not None:
            raise ledger.failure


def _first_ones(store: Store, settings: Settings, clock: Clock, issue: IssueId, canary: canaries.Canary) -> int | None:
    """How many may go out now: none means all, 0 that the first ones are out and the others wait.

    When the wait is over and too many of the first went wrong, the issue is paused.
    """
    if not canary.size:
        return None
    if canary.until is None:
        if canary.tried < canary.size:
            return canary.size - canary.tried
        with store.writing() as tx:
            canaries.rest(tx, issue, clock.now() + canary.wait)
        return 0
    if clock.now() < canary.until:
        return 0
    with store.writing() as tx:
        canaries.passed(tx, issue)
    if canary.wrong > settings.pause_above * canary.tried:
        pause_with(
            store,
            issue,
            f"{canary.wrong} of the first {canary.tried} failed or are uncertain. Look at the deliveries, then let it "
            "go on: nobody gets a second copy.",
        )
        return 0
    return None


def _look(store: Store, issue: IssueId) -> tuple[Tally, bool]:
    """The counts, and whether the sending is over for now."""
    with store.reading() as tx:
        state = deliveries.sending(tx, issue)
        tally = deliveries.tally(tx, issue)
    frozen = state.frozen_at is not None
    over = state.state is not IssueState.SENDING or (frozen and not tally.queued and not tally.attempting)
    return tally, over


def _message(rendition: RenditionData, settings: Settings, publication: PublicationId, issue: IssueId) -> Message:
    keys = settings.secret_keys
    base_url = rendition.base_url or settings.base_url

    def values(subscriber: SubscriberId) -> dict[str, str]:
        return {UNSUBSCRIBE: unsubscribe_url(base_url, keys, publication, subscriber, issue)}

    values(NOBODY)  # a missing key is told now, and not once for each reader
    compiled: Compiled = compile_rendition(rendition, ascii_address=wire_address)
    return Message(compiled, wire_address(split_address(rendition.sender)[1]), values)


def _hand_over_one(line: Way, message: Message, address: str, names: MessageIds, clock: Clock) -> Answer:
    name, plain = split_address(address)
    envelope = Envelope(message.sender, wire_address(plain))
    reader = Reader(address=envelope.recipient, name=name, values=message.values(NOBODY))
    message_id = f"{names.before}{uuid4().hex}{names.after}"
    content = message.compiled.splice(reader, message_id=message_id, date=clock.now())
    return line.hand_over(envelope, content, message_id)


def _fleet(settings: Settings, clock: Clock, base_url: str) -> Fleet:
    if not settings.smtp:
        raise SettingsError(
            "No mail server is set: add [[smtp]] to newsletter.toml, or set NEWSLETTER_SMTP_URL.", where="smtp"
        )
    named = hello(base_url)
    return Fleet(settings.smtp, lambda server: open_line(server, hello=named), clock)


def _opened(fleet: Fleet) -> Way:
    way = fleet.open()
    assert way is not None, "nobody else has a connection of this fleet"
    return way


def hello(base_url: str) -> str:
    """How we name ourselves in EHLO: our public host, else this machine. `getfqdn` could hang in DNS for seconds."""
    host = urlsplit(base_url).hostname or ""
    if host and host.isascii() and not is_loopback(host) and "." in host and ":" not in host:
        return host
    own = socket.gethostname()
    return own if "." in own and own.isascii() else "[127.0.0.1]"
