"""What the README says works when pasted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.strip().splitlines() for block in re.findall(r"^```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)]


def first_line_with(word: str) -> str:
    return next(line for block in BLOCKS for line in block if word in line)


def test_the_two_commands_are_one_whole_line_each() -> None:
    """They run for real in CI, in a fresh copy."""
    demo, tests = first_line_with("demo"), first_line_with("pytest")
    assert demo == "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/newsletter demo"
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert tests.endswith(" && .venv/bin/python -m pytest -n auto --dist worksteal")


def test_the_path_to_ones_own_newsletter_works_when_pasted(tmp_path: Path) -> None:
    lines = next(block for block in BLOCKS if any("newsletter init" in line for line in block))
    for step in ("init", "sources add", "collect", "items pick --newest", "issue new", "issue fill", "serve"):
        assert any(line.startswith(f"newsletter {step}") for line in lines), step
    assert lines[-1] == "newsletter serve"
    activate = tmp_path / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    script = "\n".join(["set -e", *lines[:-1], "exec newsletter serve --port 0"])
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as shell:
        assert shell.stdout is not None
        told = ""
        while "/setup/" not in told:
            line = shell.stdout.readline()
            assert line, f"it ended with {shell.wait()}:\n{told}"
            told += line
        base = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert base
        with urllib.request.urlopen(f"{base[0]}healthz") as answer:
            assert answer.status == 200
        shell.send_signal(signal.SIGTERM)
        assert shell.wait(timeout=30) == 0
    assert "The library opens on Sundays" in told


def test_the_readme_names_only_commands_there_are() -> None:
    from newsletter.cli.main import run

    for words in re.findall(r"`newsletter ([a-z]+(?: [a-z]+)?)", README) + re.findall(
        r"^\$ newsletter ([a-z]+ [a-z]+)", README, re.M
    ):
        assert run([*words.split(), "--help"]) == 0, words
