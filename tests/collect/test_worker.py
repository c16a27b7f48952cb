"""A document that hangs or kills its reader is one reason, and the next one is read."""

from __future__ import annotations

import os
import signal

import pytest

from newsletter.collect.found import Document, Unreadable
from newsletter.collect.worker import Reader

GOOD = Document(name="a.txt", format=".txt", body=b"Fair day\n\nText.")


def test_documents_are_read_in_another_process_one_after_the_other() -> None:
    with Reader() as reader:
        assert reader.read(GOOD).items[0].title == "Fair day"
        with pytest.raises(Unreadable, match="is empty"):
            reader.read(Document(name="b.txt", format=".txt", body=b""))
        with pytest.raises(Unreadable, match="cannot be read: KeyError"):
            reader.read(Document(name="c.xyz", format=".xyz", body=b"x"))
        assert reader.read(GOOD).items[0].title == "Fair day"


def test_a_reader_that_is_killed_is_a_reason_and_replaced() -> None:
    with Reader() as reader:
        reader.read(GOOD)
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGKILL)
        with pytest.raises(Unreadable, match="ended the process"):
            reader.read(GOOD)
        assert reader.read(GOOD).items[0].title == "Fair day"


def test_a_reader_that_hangs_is_stopped() -> None:
    with Reader(time_limit=1.5) as reader:
        reader.read(GOOD)
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGSTOP)
        with pytest.raises(Unreadable, match=r"longer than 1\.5 s"):
            reader.read(GOOD)
        assert reader.read(GOOD).items[0].title == "Fair day"
