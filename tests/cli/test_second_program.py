"""Our calendar in somebody else's programs: vdirsyncer subscribes to `/events.ics`, and khal lists what it got."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .. import warm

pytestmark = pytest.mark.long

LINES = (
    "Dec 5, 7-9pm Film at Town Hall",
    "Dec 12-13 Winter fair, Market Square",
    "every Thursday 6pm except 24 December: Choir, until 31 January",
    "second Monday of the month 2:30 PM ET: Twin-town call",
    "March 13 & 15, 2027, 8pm Across the clock change",
    "Dec 9, 18:00-19:00 Kolkata time: Evening with Kolkata",
)
WINTER = """
2026-12-03 18:00 Choir
2026-12-05 19:00 Film
2026-12-09 07:30 Evening with Kolkata
2026-12-10 18:00 Choir
2026-12-12 Winter fair
2026-12-14 14:30 Twin-town call
2026-12-17 18:00 Choir
2026-12-31 18:00 Choir
2027-01-07 18:00 Choir
"""
SPRING = """
2027-03-08 14:30 Twin-town call
2027-03-13 20:00 Across the clock change
2027-03-15 20:00 Across the clock change
"""
KHAL = """[calendars]
[[alderwick]]
path = {calendar}
readonly = True
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = America/New_York
default_timezone = America/New_York
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
VDIRSYNCER = """[general]
status_path = "{folder}/status"
[pair alderwick]
a = "local"
b = "remote"
collections = null
[storage local]
type = "filesystem"
path = "{calendar}"
fileext = ".ics"
[storage remote]
type = "http"
url = "{url}/events.ics"
"""


def program(name: str) -> str:
    """Where it is installed; CI says in `NEWSLETTER_CALENDAR_PROGRAMS` where, and there it must be."""
    folder = os.environ.get("NEWSLETTER_CALENDAR_PROGRAMS")
    found = shutil.which(name, path=folder)
    if found is None:
        missing = pytest.fail if folder else pytest.skip
        missing(f"no {name}: pip install {name}, in an environment of its own")
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a running `newsletter serve` whose calendar holds our lines."""
    told = {"NEWSLETTER_NOW": "2026-11-27T13:00:00Z", "NEWSLETTER_BASE_URL": "http://127.0.0.1"}
    there = ("--workspace", tmp_path / "desk")
    for words in (("init",), ("publication", "set", "zone=America/New_York"), ("events", "add", *LINES)):
        warm.run(*there, *words, environ=told).check_returncode()
    process = warm.Running(*there, "serve", "--port", "0", environ=told)
    said = process.stderr.readline() + process.stderr.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert address, said
    yield address[0]
    process.terminate()
    assert process.wait(60) == 0
    process.close()


def test_vdirsyncer_fetches_our_calendar_and_khal_lists_the_same_dates(served: str, tmp_path: Path) -> None:
    vdirsyncer, khal = program("vdirsyncer"), program("khal")
    calendar = tmp_path / "calendar"
    calendar.mkdir()
    values = {"folder": tmp_path, "calendar": calendar, "url": served}
    (tmp_path / "vdirsyncer.conf").write_text(VDIRSYNCER.format(**values))
    (tmp_path / "khal.conf").write_text(KHAL.format(**values))
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(words, env=home, input="y\n", capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for verb in ("discover", "sync"):
        run(vdirsyncer, "--config", str(tmp_path / "vdirsyncer.conf"), verb)
    assert len(list(calendar.glob("*.ics"))) == len(LINES)

    def listed(first: str, last: str) -> list[str]:
        shown = "{start-date} {start-time} {title}"
        told = run(khal, "-c", str(tmp_path / "khal.conf"), "list", "--format", shown, "-df", "", first, last)
        lines = (" ".join(line.split()) for line in told.splitlines())
        return list(dict.fromkeys(line for line in lines if line))  # what goes on for two days is told on both

    assert listed("2026-12-01", "2027-01-08") == WINTER.strip().splitlines()
    assert listed("2027-03-01", "2027-03-31") == SPRING.strip().splitlines()
