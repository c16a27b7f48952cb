"""What of the desk a person looks at: it is all in the address, so that Back, reload and a shared link work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.requests import Request

Shape = Literal["phone", "wide", "text"]
Filter = Literal["new", "picked", "skipped", "snoozed", "all"]

STEP = 60
"""Items that are listed at first, and more at each step."""


@dataclass(frozen=True, kw_only=True)
class View:
    """The state of the desk's address. Defaults stay out of it."""

    state: Filter = "new"
    q: str = ""
    item: int | None = None
    issue: int | None = None
    block: int | None = None
    section: int | None = None
    as_: Shape = "phone"
    dark: bool = False
    limit: int = STEP

    def to(self, anchor: str = "", **changes: Any) -> str:
        """The address of the desk with these changes."""
        values = asdict(replace(self, **changes))
        plain = asdict(View())
        told = {
            name.rstrip("_"): int(value) if isinstance(value, bool) else value
            for name, value in values.items()
            if value != plain[name]
        }
        return "/" + (f"?{urlencode(told)}" if told else "") + (f"#{anchor}" if anchor else "")


def view_of(request: Request) -> View:
    """The view of an address; what cannot be read is as by default."""
    asked = request.query_params
    state, shape = asked.get("state", "new"), asked.get("as", "phone")
    return View(
        state=state if state in ("new", "picked", "skipped", "snoozed", "all") else "new",  # type: ignore[arg-type]
        q=asked.get("q", "").strip()[:200],
        item=_number(asked.get("item")),
        issue=_number(asked.get("issue")),
        block=_number(asked.get("block")),
        section=_number(asked.get("section")),
        as_=shape if shape in ("phone", "wide", "text") else "phone",  # type: ignore[arg-type]
        dark=asked.get("dark") == "1",
        limit=min(_number(asked.get("limit")) or STEP, 2000),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
