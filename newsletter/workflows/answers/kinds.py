"""How a field is told in the description of the API. No import of pydantic: the command line starts without it."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

Kind = TypeVar("Kind", bound=type)


class Told:
    """Says more of a field in a JSON schema than its type; pydantic calls it."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), **self.said}


Moment = Annotated[str, Told(format="date-time")]
"""An ISO 8601 time with its offset."""
Day = Annotated[str, Told(format="date")]
"""An ISO 8601 date."""


def described(kind: Kind) -> Kind:
    """Let the words below a field be its description."""
    kind.__pydantic_config__ = {"use_attribute_docstrings": True}  # type: ignore[attr-defined]
    return kind
