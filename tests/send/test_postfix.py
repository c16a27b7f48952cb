"""A real Postfix with TLS and AUTH: what other people's servers make of how we speak, which none of ours shows.

It listens on loopback with a configuration of its own, takes mail only from who logged in, and relays all of it to our
recorder, so that what readers get can be looked at.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from ledger_material import issue_on_its_way, rendition, subscribe

from newsletter.clock import Clock
from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, deliveries, publications, suppressions
from newsletter.workflows.deliver import deliver

SBIN = "/usr/sbin:/usr/lib/postfix/sbin:/usr/bin"

MASTER = """\
127.0.0.1:{starttls} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log/mail.log
maillog_file_prefixes = {home}
myhostname = localhost.alderwick.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
disable_dns_lookups = yes
smtp_tls_security_level = none
relayhost = [127.0.0.1]:{relay}
message_size_limit = 1000000
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {home}/auth/socket
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{gone@example.org = 550 5.1.1 No such user}},
    {{slow@example.org = 451 4.7.1 Greylisted}} }}, permit
smtpd_client_connection_count_limit = 0
"""

AUTH = """\
protocols =
log_path = {home}/log/auth.log
base_dir = {home}/run
ssl = no
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home=/nonexistent
}}
service auth {{
  unix_listener {home}/auth/socket {{
    mode = 0666
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Postfix:
    """Where it listens, and whose certificate it shows."""

    starttls: int
    smtps: int
    authority: Path


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def relayed() -> Iterator[Any]:
    """What Postfix sends on."""
    from smtp_recorder import Recorder

    server = Recorder()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def postfix(relayed: Any) -> Iterator[Postfix]:
    """Postfix and Dovecot's login, running. Where CI says that they must be there, their absence is a failure."""
    missing = pytest.fail if os.environ.get("NEWSLETTER_REQUIRE_POSTFIX") else pytest.skip
    programs = {name: shutil.which(name, path=SBIN) for name in ("postfix", "dovecot", "openssl")}
    for name, program in programs.items():
        if program is None:
            missing(f"no {name}: install Debian's packages “postfix” and “dovecot-core”")
    if os.geteuid() != 0:
        missing("Postfix is started by root")
    home = Path(tempfile.mkdtemp(prefix="px-", dir="/tmp"))  # the paths of its sockets must be short
    home.chmod(0o755)
    starttls, smtps = _free_ports(2)
    owner = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "log", "run", "auth"):
        (home / name).mkdir()
    os.chown(home / "data", owner.pw_uid, owner.pw_gid)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", home / "key.pem", "-out", home / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    ports = {"starttls": starttls, "smtps": smtps, "relay": relayed.port}
    (home / "etc" / "master.cf").write_text(MASTER.format(**ports))
    (home / "etc" / "main.cf").write_text(MAIN.format(home=home, **ports))
    nobody = pwd.getpwnam("nobody")
    (home / "dovecot.conf").write_text(AUTH.format(home=home, uid=nobody.pw_uid, gid=nobody.pw_gid))
    login = subprocess.Popen([programs["dovecot"], "-F", "-c", home / "dovecot.conf"], stderr=subprocess.DEVNULL)
    mail = subprocess.Popen(
        [programs["postfix"], "-c", home / "etc", "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(starttls, home / "auth" / "socket", home, mail)
        yield Postfix(starttls, smtps, home / "cert.pem")
    finally:
        subprocess.run([programs["postfix"], "-c", home / "etc", "stop"], capture_output=True, check=False)
        for process in (mail, login):
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int, login: Path, home: Path, mail: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
                smtp.ehlo()
            if login.exists():
                return
        except OSError:
            pass
        if time.monotonic() > until or mail.poll() is not None:
            said = "\n".join(one.read_text()[-2000:] for one in (home / "log").iterdir())
            raise AssertionError(f"Postfix does not start: {said}")
        time.sleep(0.05)


@pytest.fixture
def going(sqlite_store: Store, clock: Clock, relayed: Any, tmp_path: Path) -> Callable[..., Any]:
    """Sends an issue to these readers; the settings name one server."""
    relayed.taken.clear()

    def send(emails: list[str], size: int = 0, **server: Any) -> tuple[IssueId, Callable[[], Any]]:
        with sqlite_store.writing() as tx:
            made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
        subscribe(sqlite_store, made.id, emails, clock.now())
        issue = issue_on_its_way(sqlite_store, made.id, clock.now(), data=rendition(size))
        plain: dict[str, Any] = {"user": "desk", "password": "secret", "timeout": 20.0, "connections": 3}
        settings = Settings(
            workspace=tmp_path,
            base_url="https://news.example.org",
            secret_keys=("a long random text for the tests",),
            smtp=(Smtp(**({"host": "localhost"} | plain | server)),),
        )
        return issue, lambda: deliver(sqlite_store, settings, clock, issue)

    return send


def arrived(relayed: Any, count: int) -> list[str]:
    """Who got something, once so many messages came through Postfix's queue."""
    until = time.monotonic() + 60
    while len(relayed.recipients()) < count and time.monotonic() < until:
        time.sleep(0.05)
    return sorted(relayed.recipients())


@pytest.mark.parametrize("tls", [False, True])
def test_an_issue_goes_through_postfix_with_tls_and_a_login(
    postfix: Postfix, relayed: Any, going: Any, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(postfix.authority))
    emails = sorted(f"reader-{number}@example.org" for number in range(60))
    where = {"port": postfix.smtps, "tls": True} if tls else {"port": postfix.starttls, "starttls": "require"}
    _, send = going(emails, 60_000, **where)
    tally = send()
    assert {name: count for name, count in asdict(tally).items() if count} == {"audience": 60, "sent": 60}
    assert arrived(relayed, 60) == emails
    message = message_from_bytes(relayed.taken[0].content, policy=policy.default)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = message.iter_parts()
    assert text.get_content().startswith("The ferry returns.")
    assert html.get_content().count("The ferry runs every half hour") > 500


def test_who_postfix_refuses_is_the_only_one_who_misses_it(
    sqlite_store: Store, postfix: Postfix, relayed: Any, going: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(postfix.authority))
    fine = [f"reader-{number}@example.org" for number in range(20)]
    issue, send = going(
        [*fine[:10], "gone@example.org", "slow@example.org", *fine[10:]], port=postfix.starttls, starttls="require",
        connections=1,
    )  # fmt: skip
    send()
    assert arrived(relayed, 20) == sorted(fine)
    with sqlite_store.reading() as tx:
        rows = {row.email: row for row in deliveries.listing(tx, issue)}
        assert suppressions.why(tx, "gone@example.org") == "no such address"
        assert suppressions.why(tx, "slow@example.org") is None
    assert Counter(row.state for row in rows.values()) == {
        DeliveryState.SENT: 20,
        DeliveryState.FAILED: 1,
        DeliveryState.DEFERRED: 1,
    }
    assert rows["gone@example.org"].reply.startswith("5.1.1")


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ({"password": "wrong"}, "refused the login of “desk”: 535"),
        ({"host": "127.0.0.1"}, "cannot be trusted"),
        ({"user": None, "password": None}, "refuses us, not the reader: 554 5.7.1 .*Relay access denied"),
    ],
)
def test_what_postfix_does_not_let_in_is_told_in_one_sentence(
    postfix: Postfix, going: Any, monkeypatch: pytest.MonkeyPatch, server: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(postfix.authority))
    _, send = going(["ada@example.org"], **({"port": postfix.starttls, "starttls": "require"} | server))
    with pytest.raises(SendStopped, match=sentence):
        send()
