"""Letters as files: for nobody else's eyes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from newsletter.send.address import Envelope
from newsletter.send.folder import Folder


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_letter_is_read_by_its_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        way = Folder(tmp_path / "outbox")
        for content in (b"Dear Ada", b"Dear Ada, once more"):  # written again it keeps its rights
            way.hand_over(Envelope("desk@example.org", "ada@example.org"), content, "<1.a@example.org>")
    finally:
        os.umask(before)
    (letter,) = (tmp_path / "outbox").iterdir()
    assert letter.read_bytes() == b"Dear Ada, once more"
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600
