"""How fast an issue goes out. Measures and prints ratios; a time never fails a test."""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType

import pytest

import newsletter
from newsletter.clock import Clock
from newsletter.model.merge import UNSUBSCRIBE, token
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Reader, compile_rendition
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, audience, deliveries
from newsletter.workflows.deliver import deliver

pytestmark = pytest.mark.benchmark

MESSAGES = 10_000
BYTES = 60_000
CONNECTIONS = 8
BASELINE = 400
"""Messages for the baseline, which is slow; its rate is compared."""


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


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """A figure for a person."""
    with capsys.disabled():
        print(f"\n    {line}", end="", flush=True)


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


def by_smtp_source(port: int, size: int) -> float | None:
    """Messages a second of Postfix's own load generator."""
    program = shutil.which("smtp-source", path="/usr/sbin:/usr/bin")
    if program is None:
        return None
    began = time.monotonic()
    subprocess.run(
        [program, "-s", str(CONNECTIONS), "-m", str(MESSAGES), "-l", str(size), "-d", f"127.0.0.1:{port}"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return MESSAGES / (time.monotonic() - began)


def settings_for(workspace: Path, port: int) -> Settings:
    return Settings(
        workspace=workspace,
        base_url="https://news.example.org",
        secret_keys=("a long random text for the tests",),
        smtp=(Smtp(host="127.0.0.1", port=port, starttls="never", connections=CONNECTIONS),),
    )


def test_ten_thousand_messages_of_60_kb(
    store: Store, publication: Publication, sink: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    now = clock.now() - timedelta(minutes=1)
    material.subscribe(store, publication.id, (f"r{number}@example.org" for number in range(MESSAGES)), now)
    data = material.rendition(BYTES)
    issue = material.issue_on_its_way(store, publication.id, now, data=data)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    began = time.monotonic()
    tally = deliver(store, settings_for(tmp_path, sink), clock, issue)
    ours = MESSAGES / (time.monotonic() - began)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert tally.sent == tally.audience == MESSAGES
    cpu = (after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime) * 1000 / MESSAGES
    plain = by_emailmessage(data, sink)
    say(capsys, f"{store.engine.dialect.name}: {ours:,.0f} messages/s, ledger on, {cpu:.2f} ms CPU each")
    say(capsys, f"EmailMessage + smtplib per reader: {plain:,.0f}/s; ours is {ours / plain:.1f} times that")
    if (postfix := by_smtp_source(sink, BYTES)) is not None:
        say(capsys, f"smtp-source: {postfix:,.0f}/s; ours is {ours / postfix:.2f} of that")


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


@pytest.mark.parametrize("readers", [10_000, 100_000])
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
