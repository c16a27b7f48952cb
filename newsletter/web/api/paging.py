"""Pages of a list: an opaque cursor, and the next page's address in the Link header (RFC 8288)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import Request, Response

from newsletter.errors import NewsletterError
from newsletter.web.numbers import LARGEST_BIG

Row = TypeVar("Row")


def after(cursor: str | None, *, count: int = 1) -> list[int]:
    """What a cursor holds: so many numbers, all 0 without one. Raises NewsletterError for one that we did not give."""
    if cursor is None:
        return [0] * count
    try:
        parts = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==").decode("ascii").split(":")
        numbers = [int(part) for part in parts if part.isdecimal()]
    except ValueError:
        numbers = []
    if len(numbers) != count or any(number > LARGEST_BIG for number in numbers):
        raise not_ours()
    return numbers


def not_ours() -> NewsletterError:
    """What is said of a cursor that no page gave."""
    return NewsletterError("That is no cursor of this list; begin without one.", code="cursor", where="cursor")


def cursor_of(*numbers: int) -> str:
    """A cursor that holds these numbers."""
    return base64.urlsafe_b64encode(":".join(map(str, numbers)).encode()).decode().rstrip("=")


def page(
    request: Request, response: Response, rows: Sequence[Row], limit: int, cursor: Callable[[Row], str]
) -> Sequence[Row]:
    """The first `limit` of the rows that were fetched (one more, to know); a Link header where there are further."""
    if len(rows) > limit:
        url = request.url.include_query_params(cursor=cursor(rows[limit - 1]))
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return rows[:limit]


def part(request: Request, response: Response, rows: Sequence[Row], limit: int, cursor: str | None) -> Sequence[Row]:
    """A page of a list that is there as a whole, from where the page before ended."""
    (begin,) = after(cursor)
    if len(rows) > begin + limit:
        url = request.url.include_query_params(cursor=cursor_of(begin + limit))
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return rows[begin : begin + limit]


def tagged(response: Response, version: int, document: Row) -> Row:
    """A document with its version as ETag, for If-Match."""
    response.headers["etag"] = f'"{version}"'
    return document
