"""Whole lists of readers on the desk: a CSV file is looked at first, then imported; and all of them as a CSV file.

A list that was sent and not imported, and the rejected rows of one that was, wait in the workspace for a day.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi import Path as InAddress
from starlette.responses import FileResponse

from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import ImportReport, import_csv
from newsletter.errors import NewsletterError, NotFound
from newsletter.model.user import Role
from newsletter.store import audit
from newsletter.web.api.uploads import Passing
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.web.languages import gettext as _
from newsletter.web.leftovers import LISTS, sweep_lists
from newsletter.web.page import back, page
from newsletter.web.place import Place, place_of, user_of
from newsletter.web.recording import deed_of, remark
from newsletter.web.roles import needs

router = APIRouter()
PUBLISH = [needs(Role.PUBLISHER)]
LONGEST_LIST = 200 * MEGABYTE
"""As the API takes it: some two million readers."""
SHOWN = 200
"""Rejected rows on a page; all of them are in the file beside it."""
REJECTED = "rejected.csv"
Key = Annotated[str, InAddress(pattern=r"^[A-Za-z0-9_-]{22}$")]


@router.post("/readers/import", dependencies=[*PUBLISH, takes(LONGEST_LIST)])
def look(request: Request, file: UploadFile) -> Response:
    """Take a list and keep it aside; the next page tells what would become of it. Nothing is imported yet."""
    place = place_of(request)
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1][:100]
    sweep_lists(place.settings.workspace, place.clock)
    key = secrets.token_urlsafe(16)
    folder = _folder(place, key)
    folder.mkdir(mode=0o700, parents=True)
    # Rows that an earlier import rejected are known by the name of their file; browsers write a number behind it.
    mended = name.casefold().startswith("rejected") and name.casefold().endswith(".csv")
    with (folder / (REJECTED if mended else "list.csv")).open("xb") as target:
        shutil.copyfileobj(file.file, target)
    (folder / "name").write_text(name, encoding="utf-8")
    remark(request, subject=name)
    return back(request, f"/readers/import/{key}")


@router.get("/readers/import/{key}", dependencies=PUBLISH)
def told(request: Request, key: Key) -> Response:
    """What would become of the list."""
    return _read(request, key, dry_run=True)


@router.post("/readers/import/{key}", dependencies=PUBLISH)
def keep(request: Request, key: Key) -> Response:
    """Import it. Done twice it changes nothing; who left stays away."""
    return _read(request, key, dry_run=False)


@router.get("/readers/import/{key}/rejected.csv", dependencies=PUBLISH)
def rejected(request: Request, key: Key) -> Response:
    """The rows that were not imported, each with its reason, to mend and to send again."""
    file = _folder(place_of(request), key) / REJECTED
    if not file.is_file():
        raise _gone()
    return FileResponse(file, media_type="text/csv; charset=utf-8", filename=REJECTED)


@router.get("/readers.csv", dependencies=PUBLISH)
def download(request: Request) -> Response:
    """All readers in the columns that an import takes back. It stands in the log who took them."""
    place = place_of(request)
    with place.store.writing() as tx:
        audit.add(
            tx,
            at=place.clock.now(),
            who=user_of(request).name,
            via="desk",
            deed=deed_of(download),
            subject=request.url.path,
            address=request.client.host if request.client else None,
            publication=place.publication_id,
            detail={},
        )
    folder = tempfile.TemporaryDirectory(prefix="newsletter-")
    try:
        file = Path(folder.name) / "readers.csv"
        with file.open("w", encoding="utf-8", newline="") as target:  # who reads slowly holds no transaction
            target.writelines(export_csv(place.store, place.publication_id))
    except BaseException:
        folder.cleanup()
        raise
    return Passing(file, folder, media_type="text/csv; charset=utf-8", filename=file.name)


def _read(request: Request, key: str, *, dry_run: bool) -> Response:
    place = place_of(request)
    folder = _folder(place, key)
    file = next((one for one in (folder / "list.csv", folder / REJECTED) if one.is_file()), None)
    if file is None or not (folder / "name").is_file():
        raise _gone()
    name = (folder / "name").read_text(encoding="utf-8")
    try:
        report = import_csv(place.store, place.clock, place.publication_id, file, dry_run=dry_run)
    except NewsletterError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return back(request, "/readers", error.message.replace(str(file), name), level="error")
    if not dry_run:
        for one in (folder / "name", *([] if file == report.rejected_file else [file])):
            one.unlink(missing_ok=True)
        if report.rejected_file is None:
            shutil.rmtree(folder, ignore_errors=True)
        remark(request, subject=name, imported=report.imported, updated=report.updated)
    return _shown(request, report, name=name, key=key, done=not dry_run)


def _shown(request: Request, report: ImportReport, *, name: str, key: str, done: bool) -> Response:
    return page(
        request,
        "list",
        report=report,
        rejected=report.rejected[:SHOWN],
        name=name,
        here=f"/readers/import/{key}",
        done=done,
    )


def _folder(place: Place, key: str) -> Path:
    """Of one list, for one newsletter; the key is nobody's guess."""
    return place.settings.workspace / LISTS / f"{place.publication_id}-{key}"


def _gone() -> NotFound:
    return NotFound(
        _("That list is no longer here: it was imported, or waited for longer than a day. Choose it again.")
    )
