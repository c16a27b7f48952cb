"""Dropped files: found, never moved, changed or deleted."""

from __future__ import annotations

import os
import re
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.collect.found import Refusal, Unreadable

STABLE_FOR = 1.0
"""Real seconds for which a file must not have changed before it is read."""

DEEPEST = 4
"""Folders in folders that are followed."""
MOST = 10_000
"""Files of one folder, with those in it."""


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

    Its subfolders are followed a few deep, except those in which a browser puts what belongs to a saved page. What is
    hidden is passed over, symbolic links are refused. A file changed within the last second waits for the next run;
    with `force` the run waits that second, and takes it if it stayed as it was.
    Raises Unreadable where the folder cannot be listed.
    """
    seen = _Seen()
    try:
        _list(folder, "", 0, endings, seen)
    except FileNotFoundError as cause:
        raise Unreadable(f"The folder {folder} does not exist.") from cause
    except NotADirectoryError as cause:
        raise Unreadable(f"{folder} is not a folder.") from cause
    except OSError as cause:
        raise Unreadable(f"The folder {folder} cannot be read: {cause.strerror or type(cause).__name__}.") from cause
    names, refused, ignored = sorted(seen.names), seen.refused, seen.ignored
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


@dataclass
class _Seen:
    names: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def _list(folder: Path, within: str, depth: int, endings: frozenset[str], seen: _Seen) -> None:
    """The names of a folder's files, those of subfolders with their way. Raises OSError for the folder itself."""
    with os.scandir(folder) as listing:
        entries = sorted((entry for entry in listing if not entry.name.startswith(".")), key=lambda one: one.name)
    pages = tuple(Path(one.name).stem for one in entries if _ending(one.name) in (".html", ".htm"))
    for entry in entries:
        name = within + entry.name
        if len(seen.names) >= MOST:
            seen.refused.append(Refusal(name, f"More than {MOST:,} files lie here; part them into folders."))
            return
        if entry.is_dir(follow_symlinks=False):
            if any(re.fullmatch(rf"{re.escape(page)}[_.-]\w+", entry.name) for page in pages):
                continue  # “Page_files” beside “Page.html”
            if depth >= DEEPEST:
                seen.refused.append(Refusal(name, f"It lies deeper than {DEEPEST} folders."))
                continue
            try:
                _list(folder / entry.name, f"{name}/", depth + 1, endings, seen)
            except OSError as cause:
                why = cause.strerror or type(cause).__name__
                seen.refused.append(Refusal(name, f"The folder cannot be read: {why}."))
        elif entry.is_symlink() and (_ending(name) in endings or entry.is_dir()):
            seen.refused.append(Refusal(name, "It is a symbolic link; put the file itself here."))
        elif _ending(name) not in endings:
            seen.ignored.append(name)
        elif entry.is_file(follow_symlinks=False):
            seen.names.append(name)


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
