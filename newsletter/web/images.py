"""Uploaded pictures, for everybody: a name that nobody guesses, and an answer that is kept for good."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse, PlainTextResponse

from newsletter.model.asset import IMAGES
from newsletter.web.place import place_of
from newsletter.workflows.images import folder_of

router = APIRouter()

_NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",  # a name never gets another picture
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",  # mail programs on the web show it from a page of theirs
    "content-security-policy": "default-src 'none'; sandbox",
}


@router.api_route(IMAGES + "/{name}", methods=["GET", "HEAD"])
def image(request: Request, name: str) -> Response:
    """One picture; its name says its type."""
    file = folder_of(place_of(request).settings) / name
    if not _NAME.fullmatch(name) or not file.is_file():
        return PlainTextResponse("There is no such picture.\n", 404)
    return FileResponse(file, media_type=_TYPES[name.rpartition(".")[2]], headers=_HEADERS)
