"""Pages that are sent packed: the desk repeats itself much, and packs to an eighth."""

from __future__ import annotations

import gzip

from fastapi import Request, Response

LEAST = 1_000
"""Bytes below which packing is not worth it."""
LEVEL = 5
"""A millisecond for the heaviest page; higher levels take longer and save little."""


def packed(request: Request, answer: Response) -> Response:
    """The same answer, packed where the browser takes that (RFC 9110 §8.4.1.3).

    For pages without a secret only: from the length of a packed page one can guess at what else stands in it.
    """
    if "gzip" not in request.headers.get("accept-encoding", "") or len(answer.body) < LEAST:
        return answer
    answer.body = gzip.compress(answer.body, LEVEL, mtime=0)
    answer.headers["content-encoding"] = "gzip"
    answer.headers["content-length"] = str(len(answer.body))
    answer.headers.add_vary_header("accept-encoding")
    return answer
