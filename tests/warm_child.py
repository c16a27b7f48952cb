"""What a process of `tests/warm.py` does: take the place of a command line that was started with this environment."""

from __future__ import annotations

import os
import runpy
import sys
import time
from typing import Any

call: dict[str, Any] = globals()["CALL"]  # given by who runs this file

os.environ.clear()
os.environ.update(call["environ"])
time.tzset()
os.chdir(call["cwd"])
for number, stream in enumerate(call["streams"], start=1):
    os.dup2(stream.fileno(), number)
    stream.close()
sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
if script := call["script"]:
    sys.argv = [script, *call["words"]]
    runpy.run_path(script, run_name="__main__")
else:
    from newsletter.cli.main import main

    sys.argv = ["newsletter", *call["words"]]
    main()
