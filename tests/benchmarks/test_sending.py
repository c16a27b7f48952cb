"""How fast an issue goes out. Measures, prints ratios and writes a report; a time never fails a test.

One command, `pytest -m benchmark tests/benchmarks/test_sending.py`. Everything that is compared runs in turns with what
it is compared with; figures are medians over the rounds. From the environment: `NEWSLETTER_BENCH_MESSAGES` (5,000;
50,000 for a figure to quote), `NEWSLETTER_BENCH_ROUNDS` (3; 5), `NEWSLETTER_BENCH_READERS` (the large list of the
memory test, 100,000; 1,000,000), and `NEWSLETTER_BENCH_REPORT`, where the report goes.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median
from types import ModuleType

import pytest

import newsletter
from newsletter.clock import Clock
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Reader, compile_rendition, message_ids
from newsletter.send.ledger import Ledger, Turn, Word
from newsletter.send.sender import Run
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, audience, deliveries, due
from newsletter.store.deliveries import Claimed
from newsletter.workflows.deliver import deliver

pytestmark = pytest.mark.benchmark

MESSAGES = int(os.environ.get("NEWSLETTER_BENCH_MESSAGES", "5000"))
ROUNDS = int(os.environ.get("NEWSLETTER_BENCH_ROUNDS", "3"))
LARGE = int(os.environ.get("NEWSLETTER_BENCH_READERS", "100000"))
REPORT = Path(os.environ.get("NEWSLETTER_BENCH_REPORT") or Path(tempfile.gettempdir()) / "newsletter-sending.md")
BYTES = 60_000
CONNECTIONS = 10
BASELINE = 200
"""Messages for a baseline that is slow; its rate is compared."""
FAR = 20.0
"""Milliseconds of round trip on the long line."""
FAR_MESSAGES = 1_500


def _load(name: str) -> ModuleType:
    path = Path(__file__).parents[1] / "send" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


material = _load("ledger_material")


@pytest.fixture
def sink() -> Iterator[int]:
    """The port of a server that takes everything: Postfix's smtp-sink, else our own recorder (much slower)."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin")
    if program is None:
        recorder = _load("smtp_recorder").Recorder()
        recorder.keep = lambda message: None
        threading.Thread(target=recorder.serve_forever, daemon=True).start()
        yield recorder.port
        recorder.shutdown()
        recorder.server_close()
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *as_whom, f"127.0.0.1:{port}", "256"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def far(sink: int) -> Iterator[int]:
    """The port of the same server at the end of a long line."""
    script = Path(__file__).with_name("delaying_relay.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(sink), str(FAR)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """A figure for a person, and for the report."""
    with capsys.disabled():
        print(f"\n    {line}", end="", flush=True)
    with REPORT.open("a") as report:
        report.write(f"- {datetime.now(UTC):%Y-%m-%d %H:%M} load {os.getloadavg()[0]:.1f}: {line}\n")


def in_threads(work: Callable[[SimpleQueue[int]], None], count: int) -> float:
    """Seconds for so many messages on as many threads as a run has connections."""
    jobs: SimpleQueue[int] = SimpleQueue()
    for number in range(count):
        jobs.put(number)
    threads = [threading.Thread(target=work, args=(jobs,)) for _ in range(CONNECTIONS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def by_emailmessage(data: RenditionData, port: int) -> float:
    """Messages a second of the obvious way: an EmailMessage for each reader, and smtplib's send_message."""
    slot = token(data.nonce, UNSUBSCRIBE)

    def work(jobs: SimpleQueue[int]) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
            while True:
                try:
                    number = jobs.get_nowait()
                except Empty:
                    return
                url = f"https://news.example.org/unsubscribe/{number:044}"
                message = EmailMessage()
                message["From"], message["To"], message["Subject"] = data.sender, f"r{number}@example.org", data.subject
                message["Date"], message["List-Unsubscribe"] = format_datetime(Clock().now()), f"<{url}>"
                message.set_content(data.text.replace(slot, url))
                message.add_alternative(data.html.replace(slot, url), subtype="html")
                smtp.send_message(message)

    return BASELINE / in_threads(work, BASELINE)


def by_smtplib(messages: list[bytes], port: int) -> float:
    """Messages a second of plain smtplib with ready bytes, as many connections, each reused, nothing recorded."""

    def work(jobs: SimpleQueue[int]) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
            while True:
                try:
                    number = jobs.get_nowait()
                except Empty:
                    return
                smtp.sendmail("desk@letter.example.org", f"r{number}@example.org", messages[number % len(messages)])

    return BASELINE / in_threads(work, BASELINE)


def by_smtp_source(port: int, size: int, messages: int = MESSAGES) -> float | None:
    """Messages a second of Postfix's own load generator."""
    program = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")
    if program is None:
        return None
    began = time.monotonic()
    subprocess.run(
        [program, "-s", str(CONNECTIONS), "-m", str(messages), "-l", str(size), "-d", f"127.0.0.1:{port}"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return messages / (time.monotonic() - began)


def settings_for(workspace: Path, port: int) -> Settings:
    return Settings(
        workspace=workspace,
        base_url="https://news.example.org",
        secret_keys=("a long random text for the tests",),
        smtp=(Smtp(host="127.0.0.1", port=port, starttls="never", connections=CONNECTIONS),),
    )


class Sending:
    """Issues for so many readers, one for each round."""

    def __init__(self, store: Store, publication: Publication, workspace: Path, readers: int) -> None:
        self.store, self.publication, self.workspace, self.readers = store, publication, workspace, readers
        self.clock = Clock()
        self.now = self.clock.now() - timedelta(minutes=1)
        self.data = material.rendition(BYTES)
        material.subscribe(store, publication.id, (f"r{number}@example.org" for number in range(readers)), self.now)
        self.rounds = 0

    def once(self, port: int) -> tuple[float, float]:
        """Messages a second with the ledger on, and milliseconds of CPU for each."""
        self.rounds += 1
        issue = material.issue_on_its_way(self.store, self.publication.id, self.now, number=self.rounds, data=self.data)
        usage, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        tally = deliver(self.store, settings_for(self.workspace, port), self.clock, issue)
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        assert tally.sent == tally.audience == self.readers
        cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
        return self.readers / took, cpu * 1000 / self.readers


def test_messages_of_60_kb(
    store: Store, publication: Publication, sink: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sending = Sending(store, publication, tmp_path, MESSAGES)
    rates, cpus, plain, of_postfix, of_plain = [], [], [], [], []
    for _ in range(ROUNDS):
        before = by_smtp_source(sink, BYTES)
        rate, cpu = sending.once(sink)
        after = by_smtp_source(sink, BYTES)
        plain.append(by_emailmessage(sending.data, sink))
        rates.append(rate)
        cpus.append(cpu)
        of_plain.append(rate / plain[-1])
        if before is not None and after is not None:
            of_postfix.append(rate / ((before + after) / 2))
    name = f"{store.engine.dialect.name}, {MESSAGES:,} messages of {BYTES:,} bytes, {CONNECTIONS} connections"
    say(capsys, f"{name}, ledger on: {median(rates):,.0f}/s, {median(cpus):.2f} ms CPU each (of {ROUNDS} rounds)")
    say(capsys, f"EmailMessage + smtplib per reader: {median(plain):,.0f}/s; ours is {median(of_plain):.1f} times that")
    if of_postfix:
        say(
            capsys,
            f"of smtp-source -d -s {CONNECTIONS}: {median(of_postfix):.2f} (each round: "
            f"{', '.join(f'{one:.2f}' for one in of_postfix)})",
        )


class Unrecorded(Ledger):
    """Gives every row at once and writes nothing: what recording costs is the difference."""

    def settle(self, turns: Sequence[Turn]) -> None:
        for turn in turns:
            turn.given = Word.AGAIN if self.at_hand else Word.OVER
            if (one := turn.candidate) is not None:
                turn.given = Claimed(
                    id=one.id, subscriber=one.subscriber, email=one.email, name="", attempt=1, message_id="<1@x>"
                )


def unrecorded(sending: Sending, port: int) -> float:
    """Messages a second of the same sender with a ledger that remembers nothing."""
    from newsletter.workflows import deliver as workflow

    sending.rounds += 1
    issue = material.issue_on_its_way(
        sending.store, sending.publication.id, sending.now, number=sending.rounds, data=sending.data
    )
    complete = False
    while not complete:
        with sending.store.writing() as tx:
            complete = audience.freeze(tx, issue, limit=10_000, now=sending.now)
    with sending.store.writing() as tx:
        candidates, _ = due.candidates(tx, issue, limit=sending.readers, now=sending.now)
    settings, stop = settings_for(sending.workspace, port), threading.Event()
    message = workflow._message(sending.data, settings, sending.publication.id, issue)
    fleet = workflow._fleet(settings, sending.clock, settings.base_url)
    names = message_ids(sending.data, issue)
    with Unrecorded(sending.store, sending.clock, issue, owner="nobody", names=names, stop=stop) as ledger:
        ledger._candidates.extend(candidates)
        run = Run(ledger, message, fleet, began=sending.now, clock=sending.clock, stop=stop)
        began = time.monotonic()
        run.go(CONNECTIONS, lambda done: done.wait() and None)
        took = time.monotonic() - began
    assert run.sent == sending.readers
    return sending.readers / took


def test_over_a_line_of_20_ms(
    store: Store,
    publication: Publication,
    far: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sending = Sending(store, publication, tmp_path, FAR_MESSAGES)
    compiled = compile_rendition(sending.data)
    reader = Reader(address="r@example.org", values={UNSUBSCRIBE: "https://news.example.org/unsubscribe/" + "a" * 44})
    messages = [compiled.splice(reader, message_id=f"<{number}@x>", date=sending.now) for number in range(9)]
    of_smtplib, of_postfix, costs = [], [], []
    for _ in range(ROUNDS):
        plain = by_smtplib(messages, far)
        rate, _cpu = sending.once(far)
        costs.append(1 - rate / unrecorded(sending, far))
        of_smtplib.append(rate / plain)
        if (postfix := by_smtp_source(far, BYTES, 400)) is not None:
            of_postfix.append(rate / postfix)
    name = f"{store.engine.dialect.name}, {FAR:.0f} ms of round trip, {CONNECTIONS} connections"
    say(capsys, f"{name}: {median(of_smtplib):.2f} times plain smtplib; recording costs {median(costs):.1%}")
    if of_postfix:
        say(capsys, f"of smtp-source over the same line: {median(of_postfix):.2f}")


def test_the_splice_alone(capsys: pytest.CaptureFixture[str]) -> None:
    compiled = compile_rendition(material.rendition(BYTES))
    now = Clock().now()
    reader = Reader(address="r@example.org", values={UNSUBSCRIBE: "https://news.example.org/unsubscribe/" + "a" * 44})
    began = time.monotonic()
    for number in range(MESSAGES):
        compiled.splice(replace(reader, address=f"r{number}@example.org"), message_id=f"<{number}@x>", date=now)
    took = time.monotonic() - began
    say(capsys, f"splice of {BYTES:,} bytes: {MESSAGES / took:,.0f}/s, {took / MESSAGES * 1e6:.0f} µs each")


def test_a_million_readers_are_frozen_while_others_write(
    store: Store, publication: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    now = clock.now() - timedelta(minutes=1)
    for start in range(0, 1_000_000, 100_000):
        material.subscribe(store, publication.id, (f"r{start + n}@example.org" for n in range(100_000)), now)
    issue = material.issue_on_its_way(store, publication.id, now)
    waits: list[float] = []
    over = threading.Event()

    def others() -> None:
        while not over.wait(0.02):
            asked = time.monotonic()
            with store.writing() as tx:
                tx.exec_driver_sql("UPDATE publication SET tagline = 'busy'")
            waits.append(time.monotonic() - asked)

    other = threading.Thread(target=others)
    other.start()
    began = time.monotonic()
    complete = False
    while not complete:
        with store.writing() as tx:
            complete = audience.freeze(tx, issue, limit=10_000, now=clock.now())
    took = time.monotonic() - began
    over.set()
    other.join()
    with store.reading() as tx:
        began = time.monotonic()
        assert deliveries.tally(tx, issue).queued == 1_000_000
        counting = time.monotonic() - began
    waits.sort()
    say(capsys, f"{store.engine.dialect.name}: 1,000,000 readers frozen in {took:.1f} s, counted in {counting:.2f} s")
    say(
        capsys, f"others' writes meanwhile: median {waits[len(waits) // 2] * 1000:.0f} ms, worst {waits[-1] * 1000:.0f}"
    )


PEAK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from newsletter.clock import Clock
from newsletter.settings import Settings, Smtp
from newsletter.store.opening import open_store
from newsletter.workflows.deliver import deliver
server = Smtp(host="127.0.0.1", port=int(sys.argv[4]), starttls="never", connections=8)
settings = Settings(workspace=Path(sys.argv[2]), base_url="https://n.example.org", secret_keys=("k",), smtp=(server,))
tally = deliver(open_store(sys.argv[1]), settings, Clock(), 1)
assert tally.sent == tally.audience
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(tally.sent, int(status["VmHWM"].split()[0]) // 1024)  # ru_maxrss would count the parent, too
"""


@pytest.mark.parametrize("readers", [10_000, LARGE])
def test_memory_is_flat_in_the_number_of_readers(
    sqlite_store: Store, sink: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], readers: int
) -> None:
    from newsletter.store import publications

    now = Clock().now() - timedelta(minutes=1)
    with sqlite_store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=now, sender="desk@letter.example.org")
    material.subscribe(sqlite_store, made.id, (f"r{number}@example.org" for number in range(readers)), now)
    material.issue_on_its_way(sqlite_store, made.id, now)
    root = str(Path(newsletter.__file__).parents[1])
    url = sqlite_store.engine.url.render_as_string(hide_password=False)
    answer = subprocess.run(
        [sys.executable, "-c", PEAK, url, str(tmp_path), root, str(sink)], capture_output=True, text=True, check=True
    ).stdout.split()
    say(capsys, f"{int(answer[0]):,} readers: peak {answer[1]} MB")
