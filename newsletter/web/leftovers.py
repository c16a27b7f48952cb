"""What a desk that was killed left behind, taken away when it starts."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from newsletter.clock import Clock
from newsletter.store import Store, tokens

SERVED = ".served-backup-"
"""Folders in the workspace with a backup that is being sent; only the desk makes them, and it is alone."""
UNSERVED = ".backup-"
"""Folders of a backup that a command makes, which may be at work beside the desk."""
LONGEST = timedelta(days=1)
"""No backup takes longer, and no answer is kept longer."""
LISTS = "lists"
"""The folder in the workspace where lists of readers wait to be imported, a folder for each."""
SECRET = "/setup/"  # noqa: S105  no secret, what stands in an address that is one
"""What stands in each one-time link."""


def sweep(store: Store, workspace: Path, clock: Clock) -> None:
    """Take away halves of backups, lists that wait too long, and answers kept for nobody or with a link to the desk."""
    now = clock.now()
    for folder in workspace.glob(".*backup-*"):
        if not folder.is_dir() or folder.is_symlink():
            continue
        old = folder.name.startswith(UNSERVED) and now.timestamp() - folder.stat().st_mtime > LONGEST.total_seconds()
        if old or folder.name.startswith(SERVED):
            shutil.rmtree(folder, ignore_errors=True)
    sweep_lists(workspace, clock)
    with store.writing() as tx:
        tokens.forget_answers(tx, before=now - LONGEST, holding=SECRET)


def sweep_lists(workspace: Path, clock: Clock) -> None:
    """Take away lists that nobody imported within a day: readers' addresses do not lie about."""
    before = clock.now() - LONGEST
    for folder in (workspace / LISTS).glob("*-*"):
        if folder.stat().st_mtime < before.timestamp():
            shutil.rmtree(folder, ignore_errors=True)
