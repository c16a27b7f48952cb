"""The machine: whether it can send, and a backup of everything."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Query, Response

from newsletter.errors import Refused
from newsletter.model.user import Role
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route
from newsletter.web.api.uploads import Passing
from newsletter.web.leftovers import SERVED
from newsletter.web.roles import needs
from newsletter.workflows.answers.people import CheckedJson
from newsletter.workflows.backup import back_up
from newsletter.workflows.doctor import examine

router = APIRouter(route_class=Route, tags=["machine"])
ADMIN = [needs(Role.ADMIN)]
GZIP = "application/gzip"
_making = Lock()
"""One backup at a time: each takes the room of the whole workspace."""


@router.get("/doctor", dependencies=ADMIN)
def doctor(
    by: By,
    dkim_selector: Annotated[
        str | None,
        Query(
            max_length=63, pattern=r"^[A-Za-z0-9._-]*$", description="Where the DKIM key is: NAME._domainkey.DOMAIN."
        ),
    ] = None,
) -> list[CheckedJson]:
    """Try settings, database, templates, mail servers, base URL, SPF, DKIM and DMARC: `doctor`. Takes seconds."""
    found = examine(by.settings.workspace, os.environ, by.clock, selector=dkim_selector or None)
    return [{"check": one.check, "ok": one.ok, "detail": one.detail} for one in found]


@router.post(
    "/backup",
    dependencies=ADMIN,
    response_class=Response,
    responses={200: {"content": {GZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def backup(by: By) -> Response:
    """Everything in one file: `backup`. It holds the secret keys and all readers' addresses: keep it safe."""
    if not _making.acquire(blocking=False):
        raise Refused("A backup is being made already; ask again when it is done.", code="under-way")
    try:
        return _backup(by)
    finally:
        _making.release()


def _backup(by: Caller) -> Response:
    # beside the database, where there is room for it
    folder = tempfile.TemporaryDirectory(prefix=SERVED, dir=by.settings.workspace)
    try:
        name = f"{by.publication.slug}-{by.clock.now():%Y-%m-%d-%H%M}.newsletter.tar.gz"
        made = back_up(by.store, by.settings, by.clock, Path(folder.name) / name)
    except BaseException:
        folder.cleanup()
        raise
    return Passing(made.file, folder, media_type=GZIP, filename=name)
