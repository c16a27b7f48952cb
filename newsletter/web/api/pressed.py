"""The description of the API as bytes: made once in each language, and sent again only where it changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from fastapi import Request, Response

from newsletter.model.publication import Publication
from newsletter.web.languages import language
from newsletter.web.place import place_of


@dataclass(frozen=True)
class Copy:
    """A page or document as it was made for a newsletter."""

    publication: Publication
    body: bytes
    media_type: str
    etag: str


@dataclass(frozen=True)
class Pressed:
    """All copies: at most one of each name in each language."""

    copies: dict[tuple[str, str], Copy] = field(default_factory=dict)

    def answer(self, request: Request, name: str, make: Callable[[Request], Response]) -> Response:
        """The copy of this name; 304 where it is known (RFC 9110, 13.1.2). `make` is asked without cookies."""
        publication, key = place_of(request).publication(), (name, language())
        copy = self.copies.get(key)
        if copy is None or copy.publication != publication:
            bare = [(header, value) for header, value in request.scope["headers"] if header != b"cookie"]
            made = make(Request({**request.scope, "headers": bare}))
            body = bytes(made.body)
            copy = Copy(publication, body, made.headers["content-type"], f'"{sha256(body).hexdigest()[:20]}"')
            self.copies[key] = copy
        headers = {"etag": copy.etag, "vary": "Accept, Accept-Language"}
        known = (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(","))
        if copy.etag in known:
            return Response(status_code=304, headers=headers)
        return Response(copy.body, headers=headers, media_type=copy.media_type)
