"""Lists of readers as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WriteList = Callable[..., Path]


@pytest.fixture
def a_list(tmp_path: Path) -> WriteList:
    """Write a CSV file of lines, or of bytes, and give its path."""

    def write(*lines: str, raw: bytes | None = None, name: str = "readers.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(raw if raw is not None else "".join(f"{line}\n" for line in lines).encode())
        return path

    return write
