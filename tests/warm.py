"""Real processes of the command line that start at once: forked from one that has everything imported.

A process of its own has its own pid, signals, environment, standard streams and exit code, as one that a shell starts.
What it does not have is the two seconds in which Python imports the desk. `tests/web/test_serving.py` starts it cold.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Timer
from typing import TextIO

ROOT = Path(__file__).parents[1]
IMPORTED = ["newsletter.cli.main", "newsletter.web.api.app", "newsletter.web.app", "newsletter.web.asgi"]
IMPORTED += ["newsletter.schedule.alarm", "newsletter.store.opening", "newsletter.workflows.publish"]


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    return context


class Running:
    """A process that runs `newsletter …`, with the names of `subprocess.Popen`."""

    def __init__(
        self, *words: object, environ: Mapping[str, str] | None = None, cwd: Path = ROOT, script: Path | None = None
    ) -> None:
        """`environ` comes on top of ours. With `script` it runs that file instead, as `python script …` does."""
        heard, said = zip(*(_context().Pipe(duplex=False) for _ in range(2)), strict=True)
        call = {
            "environ": {**os.environ, **(environ or {})},
            "cwd": str(cwd),
            "words": [str(one) for one in words],
            "script": str(script or ""),
            "streams": said,
        }
        child = str(Path(__file__).with_name("warm_child.py"))
        self._process = _context().Process(target=runpy.run_path, args=(child, {"CALL": call}, "__main__"))
        self._process.start()
        for one in said:
            one.close()
        self.stdout, self.stderr = map(_reading, heard)
        self.pid = self._process.pid
        assert self.pid is not None

    def poll(self) -> int | None:
        """The exit code; minus the number of the signal that ended it; none while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once there is one. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("newsletter", timeout or 0)
        return self._process.exitcode

    def send_signal(self, which: signal.Signals) -> None:
        """Send it, where it still runs."""
        if self._process.exitcode is None:
            assert self.pid is not None
            os.kill(self.pid, which)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = 300) -> tuple[str, str]:
        """What it says on stdout and stderr to its end; it is killed where that takes too long (seconds).

        One is read after the other: on stderr it must not say more than a pipe holds.
        """
        too_long = Timer(timeout, self.kill)
        too_long.start()
        try:
            said = self.stdout.read(), self.stderr.read()
            self.wait()
        finally:
            too_long.cancel()
            too_long.join()
            self.close()
        return said

    def close(self) -> None:
        """Hear no more of it."""
        self.stdout.close()
        self.stderr.close()


def run(
    *words: object, environ: Mapping[str, str] | None = None, cwd: Path = ROOT, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    running = Running(*words, environ=environ, cwd=cwd)
    stdout, stderr = running.communicate(timeout)
    return subprocess.CompletedProcess(words, running.wait(), stdout, stderr)


def _reading(end: Connection) -> TextIO:
    handle = os.dup(end.fileno())
    end.close()
    return open(handle, encoding="utf-8")  # noqa: PTH123  (a handle, no path)
