"""A small real SMTP server that keeps what it takes, and misbehaves as the recipient's name asks.

Runs in a thread of the tests, or as a process of its own: `python smtp_recorder.py LOG` prints its port and appends one
line for each message it takes, before it answers.
"""

from __future__ import annotations

import base64
import socketserver
import ssl
import sys
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Manners:
    """How the server behaves."""

    pipelining: bool = True
    go_ahead_after_refusal: bool = False
    """354 to DATA although the only recipient was refused."""
    messages_per_connection: int = 0
    size: int = 0
    greeting: str = "220 recorder ready"
    answer_to_mail: str = "250 2.1.0 ok"
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    log: Path | None = None
    utf8: bool = False


@dataclass
class Taken:
    """One message that the server took."""

    sender: str
    recipient: str
    content: bytes


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Recorder
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.secure = False
        self.count = 0
        with self.server.guard:
            self.server.connections += 1
        try:
            self.say(self.server.manners.greeting)
            if self.server.manners.greeting.startswith("220"):
                self.converse()
        except (OSError, EOFError):
            pass

    def finish(self) -> None:
        super().finish()
        self.request.close()  # after STARTTLS it is not the socket the server knows

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def line(self) -> str:
        line = self.rfile.readline(2000)
        if not line:
            raise EOFError
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        with self.server.guard:
            self.server.commands.append(text)
        return text

    def converse(self) -> None:
        manners = self.server.manners
        sender, recipient = "", ""
        while True:
            command = self.line()
            verb = command.split(" ")[0].upper()
            if verb == "EHLO":
                self.extensions()
            elif verb == "STARTTLS" and manners.tls:
                self.say("220 go ahead")
                self.request = manners.tls.wrap_socket(self.request, server_side=True)
                self.setup()
                self.secure = True
            elif verb == "AUTH":
                if not self.log_in(command):
                    return
            elif verb == "MAIL":
                self.count += 1
                if 0 < manners.messages_per_connection < self.count:
                    self.say("421 4.7.0 Maximum message count per session reached")
                    return
                sender, recipient = command[11:].partition(">")[0], ""
                self.say(manners.answer_to_mail)
            elif verb == "RCPT":
                recipient = command[9:].partition(">")[0]
                answer = self.to(recipient)
                if answer is None:
                    return
                self.say(answer)
                recipient = recipient if answer.startswith("250") else ""
            elif verb == "DATA":
                if not recipient and not manners.go_ahead_after_refusal:
                    self.say("554 5.5.1 no valid recipients")
                    continue
                self.say("354 go on")
                if not self.take(sender, recipient):
                    return
                sender = recipient = ""
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 2.0.0 ok" if verb == "RSET" else "502 5.5.2 what?")

    def extensions(self) -> None:
        manners = self.server.manners
        lines = ["recorder"]
        lines += ["PIPELINING"] if manners.pipelining else []
        lines += [f"SIZE {manners.size}"] if manners.size else []
        lines += ["SMTPUTF8"] if manners.utf8 else []
        lines += ["STARTTLS"] if manners.tls and not self.secure else []
        lines += ["AUTH PLAIN"] if manners.login else []
        self.say("\r\n".join(f"250{'-' if one is not lines[-1] else ' '}{one}" for one in lines))

    def log_in(self, command: str) -> bool:
        given = base64.b64decode(command.split(" ")[2]).decode().split("\0")[1:]
        if tuple(given) == self.server.manners.login:
            self.say("235 2.7.0 welcome")
            return True
        self.say("535 5.7.8 Authentication credentials invalid")
        return True

    def kind_of(self, recipient: str) -> str:
        """The manners that a recipient's name asks for."""
        return recipient.split("-")[0]

    def to(self, recipient: str) -> str | None:
        """The answer to RCPT; none: the connection is closed without one."""
        kind = self.kind_of(recipient)
        if kind == "dropenvelope":
            return None
        return {
            "soft": "451 4.7.1 Greylisted, try again later",
            "hard": "550 5.1.1 No such user here",
            "relay": "554 5.7.1 Relay access denied",
            "policy": "554 5.7.1 blocked by policy",
        }.get(kind, "250 2.1.5 ok")

    def take(self, sender: str, recipient: str) -> bool:
        """Read the message to its final dot; whether the conversation goes on."""
        kind = self.kind_of(recipient)
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or kind == "dropbody":
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        if not recipient:
            self.say("554 5.5.1 no valid recipients")
            return True
        if kind == "softdot":
            self.say("452 4.3.1 Insufficient storage")
            return True
        if kind == "harddot":
            self.say("554 5.6.0 Not this message")
            return True
        self.server.keep(Taken(sender, recipient, b"".join(lines)))
        if kind == "dropdot":
            return False
        self.say("250 2.0.0 taken")
        return True


class Recorder(socketserver.ThreadingTCPServer):
    """The server. `port` is where it listens on loopback."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.manners = manners or Manners()
        self.guard = threading.Lock()
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self.port: int = self.server_address[1]

    def keep(self, message: Taken) -> None:
        """Remember one message."""
        with self.guard:
            self.taken.append(message)
            if self.manners.log is not None:
                with self.manners.log.open("a") as log:
                    log.write(message.recipient + "\n")

    def recipients(self) -> list[str]:
        """Who received something, in order."""
        with self.guard:
            return [one.recipient for one in self.taken]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error here."""


if __name__ == "__main__":
    server = Recorder(Manners(log=Path(sys.argv[1])))
    print(server.port, flush=True)
    server.serve_forever()
