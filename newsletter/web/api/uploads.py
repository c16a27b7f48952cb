"""Files that programs send: a form with a file, or JSON with the address of one. Nothing is read before the token is
known; what may be long goes to the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from newsletter.errors import NewsletterError
from newsletter.web.api.problems import WrongKind

if TYPE_CHECKING:
    from newsletter.workflows.images import Uploaded

FORM = "multipart/form-data"
JSON = "application/json"
LONGEST_FIELD = 1024 * 1024
FILE: dict[str, Any] = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
Model = TypeVar("Model", bound=BaseModel)


def kind_of(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def described(model: type[BaseModel], *, file: bool = True, json: bool = True) -> dict[str, Any]:
    """What such a route takes, for the description of the API: the fields as JSON, or as a form with a file."""
    schema = model.model_json_schema()
    rest = {name: one for name, one in schema["properties"].items() if name != "url"}
    required = [name for name in schema.get("required", []) if name != "url"]
    content: dict[str, Any] = {JSON: {"schema": schema}} if json else {}
    if file:
        form = {**schema, "properties": {"file": FILE, **rest}, "required": ["file", *required]}
        content[FORM] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


async def sent(
    request: Request, model: type[Model], *, json: bool = True, optional: Set[str] = frozenset()
) -> tuple[Model, Uploaded | None]:
    """The fields of a request, and its file where it is a form with one.

    `optional`: fields of the JSON in whose place the file stands. Raises WrongKind (415) for another kind of body,
    RequestValidationError (422) for fields that do not fit.
    """
    from newsletter.workflows.images import Uploaded

    kind = kind_of(request)
    if json and kind == JSON:
        return validated(model, await request.body()), None
    if kind != FORM:
        raise WrongKind([JSON, FORM] if json else [FORM])
    async with request.form(max_files=1, max_fields=50, max_part_size=LONGEST_FIELD) as form:
        fields = dict.fromkeys(optional, "") | {
            name: value for name, value in form.items() if isinstance(value, str) and value
        }
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise NewsletterError("The form has no file; send it as “file”.", where="file")
        return validated(model, fields), Uploaded(await file.read(), file.filename or "file")


def validated(model: type[Model], given: bytes | dict[str, str]) -> Model:
    """A body as FastAPI reads it. Raises RequestValidationError."""
    try:
        return model.model_validate_json(given) if isinstance(given, bytes) else model.model_validate(given)
    except ValidationError as cause:
        told = [{**one, "loc": ("body", *one["loc"])} for one in cause.errors(include_url=False, include_context=False)]
        raise RequestValidationError(told) from cause


@contextmanager
def on_disk(name: str) -> Iterator[Path]:
    """A file in a folder of its own that only we may read; gone in the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        yield Path(folder) / name


async def spooled(request: Request, file: Path, kinds: list[str]) -> None:
    """Write the body of a request, or the file of its form, to the disk as it comes. Raises WrongKind (415)."""
    kind = kind_of(request)
    if kind == FORM:
        async with request.form(max_files=1, max_fields=5) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise NewsletterError("The form has no file; send it as “file”.", where="file")
            with file.open("wb") as target:
                while chunk := await upload.read(64 * 1024):
                    target.write(chunk)
        return
    if kind not in kinds:
        raise WrongKind([*kinds, FORM])
    with file.open("wb") as target:
        async for chunk in request.stream():
            target.write(chunk)


class Passing(FileResponse):
    """A file that is sent and then gone, also where nobody waited for its end."""

    def __init__(self, file: Path, folder: tempfile.TemporaryDirectory[str], **options: Any) -> None:
        super().__init__(file, **options)
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._folder.cleanup()
