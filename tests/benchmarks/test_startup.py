"""How long a start takes: of commands beside an empty program of the same libraries, of `serve` until it answers."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

RUNS = 7
EMPTY = """
import sqlalchemy
import typer

app = typer.Typer()

@app.command()
def nothing() -> None:
    "Do nothing."

app()
"""
COMMANDS = (
    "--version",
    "--help",
    "items list",
    "issue list",
    "issue show latest",
    "issue status",
    "subscribers list",
    "events list",
    "init {new}",
)


def cpu_seconds(*command: str) -> float:
    """What a process and those it started have used of the processors, by the account of the system."""
    before = os.times()
    subprocess.run([sys.executable, *command], check=False, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A workspace with one draft."""
    for words in (("init", str(tmp_path / "desk")), ("--workspace", str(tmp_path / "desk"), "issue", "new")):
        subprocess.run([sys.executable, "-m", "newsletter", *words], check=True, capture_output=True)
    return tmp_path / "desk"


@pytest.fixture
def empty(tmp_path: Path) -> str:
    program = tmp_path / "empty.py"
    program.write_text(EMPTY)
    return str(program)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_beside_an_empty_program(desk: Path, empty: str, tmp_path: Path, command: str) -> None:
    pairs = []
    for run in range(RUNS):
        words = command.format(new=tmp_path / f"new{run}").split()
        pairs.append((cpu_seconds("-m", "newsletter", "--workspace", str(desk), *words), cpu_seconds(empty)))
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"\nnewsletter {command}: {ours:.3f} s of CPU, an empty program {plain:.3f} s: ratio {ratio:.2f}")
    assert ours > 0


@pytest.mark.parametrize("until", ["it says where it is", "it is refused"])
def test_serve_beside_an_empty_program(desk: Path, empty: str, until: str) -> None:
    refused = ("--host", "192.0.2.1") if until == "it is refused" else ()
    pairs = []
    for _ in range(RUNS):
        command = [sys.executable, "-m", "newsletter", "--workspace", str(desk), "serve", "--port", "0", *refused]
        began = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert process.stderr.readline()
            ours = time.perf_counter() - began
            process.terminate()
        began = time.perf_counter()
        subprocess.run([sys.executable, empty], check=True)
        pairs.append((ours, time.perf_counter() - began))
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"\nnewsletter serve until {until}: {ours:.3f} s, an empty program {plain:.3f} s: ratio {ratio:.2f}")
    assert ours > 0
