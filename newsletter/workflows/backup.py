"""A workspace as one file, made while it is used, and a workspace from such a file.

The file is a gzipped tar: `manifest.json` first (what is in it, with checksums), the database, `newsletter.toml`, the
secret keys, and the folders `templates`, `assets` and `drop`.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from newsletter import __version__
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.settings import FILE, Settings, load
from newsletter.store import Store, copies, restoring
from newsletter.store.opening import open_store

FORMAT = 1
FOLDERS = ("templates", "assets", "drop")
_DATABASES = {"sqlite": "newsletter.db", "postgresql": "newsletter.pgdump"}
_MANIFEST, _KEYS = "manifest.json", "secret_keys.json"
_CHUNK = 1024 * 1024
_SECRET_KEY = re.compile(r"""^[ \t]*secret_key[ \t]*=[ \t]*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*')""", re.MULTILINE)


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    file: Path
    size: int
    files: int


@dataclass(frozen=True)
class Restored:
    """A workspace that was made from a backup."""

    workspace: Path
    made_at: datetime
    asked: restoring.Asked


def back_up(store: Store, settings: Settings, clock: Clock, target: Path) -> Made:
    """Write everything of a workspace into one file: whole and on the disk, or not at all. Only its owner may read it.

    Raises NewsletterError where the file is there already or cannot be written.
    """
    if target.exists():
        raise Refused(f"{target} is there already; choose another name.", code="exists", where=str(target))
    if target.is_relative_to(settings.workspace) and any(
        part in FOLDERS for part in target.relative_to(settings.workspace).parts[:1]
    ):
        raise NewsletterError(f"{target} is in a folder that is backed up; choose another place.", where=str(target))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    kind = "sqlite" if store.is_sqlite else "postgresql"
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch:
            database = Path(scratch) / _DATABASES[kind]
            copies.save(store, database)
            sources = [(database.name, database), *_files(settings.workspace)]
            manifest = {
                "format": FORMAT,
                "program": __version__,
                "made_at": clock.now().isoformat(),
                "database": kind,
                "workspace": str(settings.workspace),
                "files": {name: {"size": path.stat().st_size, "sha256": _sum(path)} for name, path in sources},
            }
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
                    _add(archive, _MANIFEST, json.dumps(manifest, indent=1).encode())
                    _add(archive, _KEYS, json.dumps(settings.secret_keys).encode())
                    for name, path in sources:
                        archive.add(path, arcname=name, recursive=False, filter=_bare)
                file.flush()
                os.fsync(file.fileno())
        os.link(part, target)  # unlike rename, never over a file that came meanwhile
        _sync_folder(target.parent)
    except FileExistsError as cause:
        raise Refused(f"{target} is there already; choose another name.", code="exists", where=str(target)) from cause
    except OSError as cause:
        raise NewsletterError(
            f"The backup {target} cannot be written: {cause.strerror or cause}.", where=str(target)
        ) from cause
    finally:
        part.unlink(missing_ok=True)
    return Made(target, target.stat().st_size, len(sources))


def restore(
    source: Path, workspace: Path, clock: Clock, environ: Mapping[str, str], *, go_on: bool = False
) -> Restored:
    """Make a workspace from a backup, in a folder that is empty or not there.

    Nothing is sent before a person agrees, unless `go_on`: a person says that nothing went out since. Raises
    NewsletterError where the file or the place cannot be used, and then nothing was made.
    """
    if workspace.exists() and any(workspace.iterdir()):
        raise Refused(
            f"{workspace} is not empty, and nothing in it was touched; restore into an empty folder with --workspace.",
            code="not-empty",
            where=str(workspace),
        )
    try:
        source.open("rb").close()
    except OSError as cause:
        raise NewsletterError(f"The backup {source} cannot be read: {cause.strerror}.", where=str(source)) from cause
    is_new = not workspace.exists()
    try:
        workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        # inside the folder itself: it may be a disk of its own, or the one a person stands in
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=workspace) as scratch:
            folder = Path(scratch) / "workspace"
            folder.mkdir(mode=0o700)
            manifest, keys = _unpack(source, folder)
            made_at = datetime.fromisoformat(str(manifest["made_at"])).astimezone(UTC)
            _keep_keys(folder, keys, environ)
            asked = _open_database(folder, workspace, manifest, clock, environ, made_at, go_on=go_on)
            # the settings last: without them it is no workspace yet
            for child in sorted(folder.iterdir(), key=lambda one: one.name == FILE):
                child.rename(workspace / child.name)
            _sync_folder(workspace)
    except BaseException as cause:
        if is_new:
            with suppress(OSError):
                workspace.rmdir()
        if isinstance(cause, OSError):
            raise NewsletterError(
                f"The workspace {workspace} cannot be made: {cause.strerror or cause}.", where=str(workspace)
            ) from cause
        raise
    return Restored(workspace, made_at, asked)


# ---------------------------------------------------------------- writing


def _files(workspace: Path) -> list[tuple[str, Path]]:
    """The settings and everything in the folders that belong to a workspace; links are not followed."""
    found = [(FILE, workspace / FILE)]
    for name in FOLDERS:
        for folder, folders, files in os.walk(workspace / name):
            folders.sort()
            for file in sorted(files):
                path = Path(folder) / file
                if path.is_file() and not path.is_symlink():
                    found.append((path.relative_to(workspace).as_posix(), path))
    return found


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _bare(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whose file it was on this machine is nobody's business."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _sum(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------- reading


def _unpack(source: Path, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Every file that the manifest names, with its checksum; nothing else, and nothing outside the folder."""
    with _opened(source) as archive:
        members = iter(archive)
        first = next(members, None)
        if first is None or first.name != _MANIFEST or first.size > 64 * _CHUNK:
            raise _no_backup(source)
        manifest = json.loads(_content(archive, first))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise NewsletterError(
                f"{source} was written by a newer version of this program; update the program.",
                code="backup",
                where=str(source),
            )
        wanted: dict[str, Any] = dict(manifest["files"])
        keys: list[str] = []
        for member in members:
            if member.name == _KEYS and member.size < _CHUNK:
                keys = [str(one) for one in json.loads(_content(archive, member))]
                continue
            known = wanted.pop(member.name, None)
            if known is None or not member.isfile() or not _is_ours(member.name):
                raise _no_backup(source)
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if _written(archive, member, path) != known["sha256"]:
                raise _damaged(source)
        if wanted:
            raise _damaged(source)
    return manifest, keys


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        # not tarfile's own gunzip, which does not compare the checksum at the end
        with gzip.open(source) as plain:
            with tarfile.open(fileobj=plain, mode="r|") as archive:
                yield archive
            while plain.read(_CHUNK):
                pass
    except tarfile.ReadError as cause:
        raise _no_backup(source) from cause
    except (EOFError, OSError, ValueError, KeyError, TypeError, zlib.error) as cause:
        if str(cause).startswith("Not a gzipped file"):
            raise _no_backup(source) from cause
        if isinstance(cause, OSError) and cause.errno is not None:
            raise
        raise _damaged(source) from cause


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def _written(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    digest = sha256()
    file = archive.extractfile(member)
    assert file is not None
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or name.startswith("/"):
        return False
    return name in (FILE, *_DATABASES.values()) or (len(parts) > 1 and parts[0] in FOLDERS)


def _no_backup(source: Path) -> NewsletterError:
    return NewsletterError(f"{source} is not a backup of a workspace.", code="backup", where=str(source))


def _damaged(source: Path) -> NewsletterError:
    return NewsletterError(
        f"The backup {source} is damaged or cut off; use another one.", code="backup", where=str(source)
    )


def _keep_keys(folder: Path, keys: list[str], environ: Mapping[str, str]) -> None:
    """All keys that verified when the backup was made verify again: those of the environment go into the settings."""
    known = load(folder, {}).secret_keys
    lacking = [key for key in keys if key not in known and key != environ.get("NEWSLETTER_SECRET_KEY")]
    if not lacking:
        return
    file = folder / FILE
    every = json.dumps([*[key for key in keys if key in lacking], *known], ensure_ascii=False)
    rest = _SECRET_KEY.sub("", file.read_text(encoding="utf-8-sig"))
    file.write_text(f"secret_key = {every}\n{rest}", encoding="utf-8")


def _open_database(
    folder: Path,
    workspace: Path,
    manifest: Mapping[str, Any],
    clock: Clock,
    environ: Mapping[str, str],
    made_at: datetime,
    *,
    go_on: bool,
) -> restoring.Asked:
    """The database at its place, its tables today's, and what must not go out by itself held."""
    kind = str(manifest["database"])
    url = load(folder, environ).database_url
    if ("postgresql" if url.startswith("postgres") else "sqlite") != kind:
        raise NewsletterError(
            f"The backup holds a {kind} database, and the settings name another kind; set NEWSLETTER_DATABASE_URL, and "
            "move afterwards with: newsletter db copy URL",
            code="backup",
            where="database.url",
        )
    saved = folder / _DATABASES[kind]
    scratch = folder.parent / saved.name
    saved.rename(scratch)
    copies.put_back(scratch, url, folder)
    store = open_store(url, folder)
    try:
        with store.writing() as tx:
            restoring.move_folders(tx, str(manifest.get("workspace", "")), str(workspace))
            if go_on:
                return restoring.Asked(uncertain=restoring.doubt(tx, clock.now()))
            return restoring.ask_first(tx, made_at=made_at, now=clock.now())
    finally:
        store.close()
