"""How long the body of a request may be: what is usual, and more where a route says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Depends

MEGABYTE = 1024 * 1024
USUAL = 5 * MEGABYTE
"""Bytes, where a route says nothing."""


@dataclass(frozen=True)
class Takes:
    """The word of one route: so many bytes at most."""

    size: int

    def __call__(self) -> None:
        """Nothing here: the guard looks before anything is read."""


def takes(size: int) -> Any:
    """The longest body of a route, in bytes: `@router.post(…, dependencies=[takes(20 * MEGABYTE)])`."""
    return Depends(Takes(size))


def longest(routers: Iterable[Any], *, below: str = "") -> Callable[[str], int]:
    """A function that says how many bytes a request to a path may have, over all these routers, mounted `below`."""
    known = [
        (route.path_regex, one.dependency.size)
        for router in routers
        for route in router.routes
        for one in getattr(route, "dependencies", ())
        if isinstance(one.dependency, Takes)
    ]

    @lru_cache(maxsize=2000)
    def size(path: str) -> int:
        within = path.removeprefix(below) if path.startswith(below) else ""
        return next((size for pattern, size in known if pattern.match(within)), USUAL)

    return size
