"""Numbers in addresses and forms, within what the database holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import Field

LARGEST = 2**31 - 1

InPath = Annotated[int, Path(ge=1, le=LARGEST)]
Id = Annotated[int, Field(ge=1, le=LARGEST)]
