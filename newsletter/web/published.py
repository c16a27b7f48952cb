"""Which newsletter a public page is of: each has its pages under `/p/SLUG`, the workspace's first one also without."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request

from newsletter.errors import NotFound
from newsletter.model.publication import Publication
from newsletter.store import publications
from newsletter.web.place import place_of

_PREFIX = re.compile(r"/p/[a-z0-9-]{1,80}(?=/)")


def of_slug(request: Request, slug: str | None = None) -> Publication:
    """The newsletter as it is now; without a slug the workspace's first. Raises NotFound.

    A number or a name is no slug here: there is one address for each page.
    """
    with place_of(request).store.reading() as tx:
        if slug is None:
            return publications.find(tx, None)
        found = next((one for one in publications.listing(tx) if one.slug == slug), None)
    if found is None:
        raise NotFound("There is no such newsletter here.")
    return found


def _of_path(request: Request) -> Publication:
    return of_slug(request, request.path_params.get("slug"))


Published = Annotated[Publication, Depends(_of_path)]
"""The newsletter that the path of a public page names (`/p/{slug}/…`), else the first."""


def base_of(request: Request) -> str:
    """The address under which we are reached, without a slash at its end."""
    return (place_of(request).settings.base_url or str(request.base_url)).rstrip("/")


def root_of(request: Request, publication: Publication) -> str:
    """The address at which the public pages of a newsletter begin, without a slash at its end."""
    return base_of(request) + publication.path


def without_prefix(path: str) -> str:
    """`/events` of `/p/alderwick-letter/events`; a path without such a prefix as it is."""
    return _PREFIX.sub("", path, count=1) if path.startswith("/p/") else path
