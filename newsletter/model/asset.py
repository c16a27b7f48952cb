"""An uploaded picture: taken in once, kept under a name that nobody can guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from newsletter.model.publication import PublicationId

AssetId = NewType("AssetId", int)

IMAGES = "/images"
"""Where pictures are served, below the base URL."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One picture as it is served."""

    id: AssetId
    publication: PublicationId
    name: str
    """32 random hex digits and an ending: the name of its file, and the last part of its address."""
    media_type: str
    """`image/jpeg` or `image/png`."""
    width: int
    """Pixels of the file; up to twice as many as it is shown in."""
    height: int
    size: int
    """Bytes."""
    origin: str
    """The name of the file or the address that it came from."""
    who: str
    created_at: datetime
    """UTC."""


Assets = Mapping[str, Asset]
"""Pictures by their names."""
NO_ASSETS: Assets = {}


def image_url(base_url: str, name: str) -> str:
    """The stable public address of a picture; a path where the base URL is not set."""
    return f"{base_url}{IMAGES}/{name}"
