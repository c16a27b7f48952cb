"""Dropped files: found, never moved, changed or deleted."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from newsletter.collect.found import Refusal, Unreadable

STABLE_FOR = 1.0
"""Real seconds for which a file must not have changed before it is read."""


@dataclass(frozen=True)
class DroppedFile:
    """A file as it was read: its path in the folder, its ending in lower case, its bytes."""

    name: str
    ending: str
    content: bytes


@dataclass(frozen=True)
class Scan:
    """What lay in a folder."""

    files: tuple[DroppedFile, ...]
    refused: tuple[Refusal, ...]
    waiting: tuple[str, ...]
    ignored: tuple[str, ...]


def scan(folder: Path, *, endings: frozenset[str], max_bytes: int, force: bool = False) -> Scan:
    """Read the files of a folder that have one of the endings and are not being written just now.

    Hidden files and subfolders are passed over, symbolic links refused. A file changed within the last second waits
    for the next run; with `force` the run waits that second, and takes it if it stayed as it was.
    Raises Unreadable where the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as listing:
            entries = sorted((entry for entry in listing if not entry.name.startswith(".")), key=lambda one: one.name)
    except FileNotFoundError as cause:
        raise Unreadable(f"The folder {folder} does not exist.") from cause
    except NotADirectoryError as cause:
        raise Unreadable(f"{folder} is not a folder.") from cause
    except OSError as cause:
        raise Unreadable(f"The folder {folder} cannot be read: {cause.strerror or type(cause).__name__}.") from cause
    refused: list[Refusal] = []
    ignored: list[str] = []
    names: list[str] = []
    for entry in entries:
        if _ending(entry.name) not in endings:
            if not entry.is_dir(follow_symlinks=False):
                ignored.append(entry.name)
        elif entry.is_symlink():
            refused.append(Refusal(entry.name, "It is a symbolic link; put the file itself here."))
        elif entry.is_file(follow_symlinks=False):
            names.append(entry.name)
    stable, young = _by_age(folder, names)
    if force and young:
        before = {name: _shape(folder / name) for name in young}
        time.sleep(STABLE_FOR)
        grown = [name for name in young if _shape(folder / name) != before[name]]
        stable, young = sorted({*stable, *young} - {*grown}), grown
    files: list[DroppedFile] = []
    waiting = list(young)
    for name in stable:
        found = _read(folder / name, name, max_bytes)
        if isinstance(found, DroppedFile):
            files.append(found)
        elif found is None:
            waiting.append(name)
        else:
            refused.append(found)
    return Scan(tuple(files), tuple(refused), tuple(sorted(waiting)), tuple(ignored))


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _shape(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _by_age(folder: Path, names: list[str]) -> tuple[list[str], list[str]]:
    stable: list[str] = []
    young: list[str] = []
    now = time.time()  # the file system's own clock: NEWSLETTER_NOW does not move it
    for name in names:
        shape = _shape(folder / name)
        if shape is None:
            continue  # it went away meanwhile
        age = now - shape[1] / 1e9
        (young if 0 <= age + 0.05 < STABLE_FOR + 0.05 else stable).append(name)
    return stable, young


def _read(path: Path, name: str, max_bytes: int) -> DroppedFile | Refusal | None:
    """The file; a reason; or none where it changed while it was read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as cause:
        return Refusal(name, f"It cannot be opened: {cause.strerror or type(cause).__name__}.")
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            return Refusal(name, "It is not a plain file.")
        if before.st_size > max_bytes:
            return Refusal(
                name, f"It is larger than {max_bytes / 1024 / 1024:.3g} MiB; fetch.max_bytes sets the limit."
            )
        try:
            content = file.read(max_bytes + 1)
        except OSError as cause:
            return Refusal(name, f"It cannot be read: {cause.strerror or type(cause).__name__}.")
        after = os.fstat(handle)
    if len(content) != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        return None
    return DroppedFile(name, _ending(name), content)
