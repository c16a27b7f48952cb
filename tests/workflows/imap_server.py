"""A real IMAP server (Dovecot) on loopback, with TLS by a certificate of its own."""

from __future__ import annotations

import getpass
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

PASSWORD = "ferry-at-seven"
_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
auth_failure_delay = 0
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
disable_plaintext_auth = no
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
mail_max_userip_connections = 50
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
mail_location = maildir:~/Maildir
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """The server: its ports, its certificate, and what a person does in a mailbox."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.plain, self.tls = _free_ports()
        self.cert = home / "cert.pem"

    def client(self, user: str) -> imaplib.IMAP4_SSL:
        """A mail program, signed in."""
        found = imaplib.IMAP4_SSL("127.0.0.1", self.tls, ssl_context=ssl._create_unverified_context(), timeout=10)
        found.login(user, PASSWORD)
        return found

    def put(self, user: str, *messages: bytes, folder: str = "INBOX") -> None:
        """Messages arrive."""
        with self.client(user) as client:
            client.create(folder)
            for one in messages:
                client.append(folder, "", imaplib.Time2Internaldate(time.time()), one.replace(b"\n", b"\r\n"))

    def flags(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """What is noted about each message of a folder."""
        with self.client(user) as client:
            client.select(folder, readonly=True)
            _, told = client.fetch("1:*", "(FLAGS)")
            return [one for one in told if isinstance(one, bytes)]


class Cutting:
    """The way to a server without TLS: it breaks off where a client asks for one of some messages (UIDs)."""

    def __init__(self, port: int, *at: int) -> None:
        self.at = set(at)
        self._to, self._listening = port, socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                threading.Thread(target=self._carry, args=(server, client), daemon=True).start()
                threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, watched: bool = False) -> None:
        with suppress(OSError):
            while part := one.recv(65_536):
                if watched and any(b"UID FETCH %d (UID BODY" % uid in part for uid in self.at):
                    break
                other.sendall(part)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Dovecot, running. Where CI says that it must be there, its absence is a failure."""
    missing = pytest.fail if os.environ.get("NEWSLETTER_REQUIRE_DOVECOT") else pytest.skip
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        missing("no Dovecot: install Debian's package “dovecot-imapd”")
        return
    home = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))  # the paths of its sockets must be short
    server = Dovecot(home)
    owner = pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())  # it lets root read no mail
    home.chmod(0o755)
    for name in ("mail", "state"):
        (home / name).mkdir()
        if os.geteuid() == 0:
            os.chown(home / name, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", home / "key.pem", "-out", server.cert],
        check=True, capture_output=True,
    )  # fmt: skip
    import grp

    login = getpass.getuser() if os.geteuid() else "nobody"
    config = _CONFIG.format(
        home=home,
        owner=login,
        group=grp.getgrgid(owner.pw_gid).gr_name,
        password=PASSWORD,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        plain=server.plain,
        tls=server.tls,
    )
    (home / "dovecot.conf").write_text(config)
    process = subprocess.Popen([program, "-F", "-c", home / "dovecot.conf"], stderr=subprocess.PIPE)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.stderr:
            process.stderr.close()
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with server.client("nobody-yet"):
                return
        except (OSError, imaplib.IMAP4.error):
            log = server.home / "log"
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"Dovecot does not run: {log.read_text() if log.exists() else ''}") from None
            time.sleep(0.05)
