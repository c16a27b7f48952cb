"""What routes of the API take: texts that every database can hold, numbers that it can count, versions, pages."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from newsletter.errors import NewsletterError, NotFound
from newsletter.web.numbers import LARGEST
from newsletter.workflows.pairs import Pair, Value


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("NUL cannot be kept in a text")
    return text


Line = Annotated[str, Field(max_length=2_000), AfterValidator(_storable)]
Text = Annotated[str, Field(max_length=200_000), AfterValidator(_storable)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
InPath = Annotated[int, Path(ge=1, le=LARGEST)]
IssueRef = Annotated[str, Path(pattern=r"^(latest|[1-9][0-9]{0,9})$", description="A number, or latest.")]


class Body(BaseModel):
    """The body of a request. Fields that we do not know are refused: a slip of the pen is not lost in silence."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, and are not null."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


def pairs_of(body: Body) -> list[Pair]:
    """The fields that were sent, as they are set: a list stays one, whatever commas are in it; null: empty."""
    return [(name, _said(value)) for name, value in body.model_dump(exclude_unset=True, by_alias=True).items()]


def _said(value: Any) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return [str(one) for one in value]
    return "" if value is None else str(value)


def number_of(issue: str) -> int | None:
    """The number of an issue; none for the latest."""
    if issue == "latest":
        return None
    if int(issue) > LARGEST:
        raise NotFound(f"There is no issue {issue}.", where="issue")
    return int(issue)


def if_version(
    if_match: Annotated[
        str | None, Header(max_length=100, description='Only if it is still at this version: "7".')
    ] = None,
) -> int | None:
    """The version in If-Match (RFC 9110, 13.1.1); none where any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})"?', if_match.strip())
    if found is None:
        raise NewsletterError('If-Match is the version as you know it, as "7".', code="version", where="If-Match")
    return int(found[1])


Version = Annotated[int | None, Depends(if_version)]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Cursor = Annotated[str | None, Query(max_length=200, description="Where the page before ended, from its Link header.")]
