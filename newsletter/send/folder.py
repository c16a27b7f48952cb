"""`file:DIR`: each message as an `.eml` file, through the same path as over SMTP."""

from __future__ import annotations

import os
import re
from pathlib import Path

from newsletter.send.address import Envelope
from newsletter.send.outcomes import Answer, Stage
from newsletter.send.stopped import SendStopped


class Folder:
    """Files named by their Message-ID: a message that is written again overwrites itself."""

    is_worn = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise _stopped(folder, cause) from cause

    def hand_over(self, envelope: Envelope, message: bytes, message_id: str) -> Answer:
        """Write one file: whole, or not at all."""
        name = re.sub(r"[^A-Za-z0-9.-]", "_", message_id.strip("<>").partition("@")[0]) + ".eml"
        try:
            write_whole(self._folder / name, message)
        except OSError as cause:
            raise _stopped(self._folder, cause) from cause
        return Answer(Stage.DOT, 250, f"written to {name}")

    def close(self) -> None:
        """Nothing is open between two messages."""


def write_whole(path: Path, content: bytes) -> None:
    """A file that is there completely, also after a power cut, or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Letters to people: nobody else on this machine reads them, whatever the umask says.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # also a draft that a crash left behind
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _stopped(folder: Path, cause: OSError) -> SendStopped:
    return SendStopped(
        f"No message can be written to {folder}: {cause.strerror or cause}. Check the folder and its disk, then send "
        "again: nobody gets a second copy.",
        where=str(folder),
    )
