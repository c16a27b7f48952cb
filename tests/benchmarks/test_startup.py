"""How long `newsletter --help` takes, beside an empty Typer program."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

RUNS = 11

EMPTY = """
import typer

app = typer.Typer()

@app.command()
def nothing() -> None:
    "Do nothing."

app()
"""


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - began


def test_help_beside_an_empty_program(tmp_path: Path) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text(EMPTY)
    pairs = [(seconds("-m", "newsletter", "--help"), seconds(str(empty), "--help")) for _ in range(RUNS)]
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"\nnewsletter --help {ours:.3f} s, an empty Typer program {plain:.3f} s: ratio {ratio:.2f}")
    assert ours > 0
