"""What of the desk a person looks at: it is all in the address, so that Back, reload and a shared link work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

Shape = Literal["phone", "wide", "text"]
Panel = Literal["", "same", "edit"]
Filter = Literal["new", "picked", "skipped", "snoozed", "all"]

STEP = 50
"""Rows that are listed at first, and more at each step."""
MOST = 2_000
"""Rows of one page."""


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
    images: bool = True
    reader: str = ""
    """The address of the subscriber as whom the mail is shown."""
    limit: int = STEP
    source: int | None = None
    for_: str = ""
    """The section for which an item is."""
    days: int = 0
    """Not older than so many days; 0: of any age."""
    lang: str = ""
    open_: Panel = ""
    """What is open beside the selected item."""
    into: int | None = None
    """The section of the draft into which items go that have none of their own."""
    at: int | None = None
    """The list as it stood then, in milliseconds since 1970: what is decided since stays in it."""
    upto: int | None = None
    """The list without items of a higher number: they came since."""

    def fields(self, **changes: Any) -> list[tuple[str, Any]]:
        """Name and value of what differs from the defaults, with these changes: for a form that goes here."""
        return [
            (name.rstrip("_"), int(value) if isinstance(value, bool) else value)
            for name, value in {**vars(self), **changes}.items()
            if value != _PLAIN[name]
        ]

    def to(self, anchor: str = "", **changes: Any) -> str:
        """The address of the desk with these changes."""
        told = self.fields(**changes)
        return "/" + (f"?{urlencode(told)}" if told else "") + (f"#{anchor}" if anchor else "")

    @property
    def query(self) -> str:
        """What is looked for, as it is kept under a name: without what is selected, and without the moment."""
        return self.to(
            item=None,
            issue=None,
            block=None,
            section=None,
            as_="phone",
            dark=False,
            images=True,
            reader="",
            limit=STEP,
            open_="",
            into=None,
            at=None,
            upto=None,
        )[2:]


_PLAIN = vars(View())


def view_of(request: Request) -> View:
    """The view of an address; what cannot be read is as by default."""
    return _read(request.query_params)


def view_at(address: str) -> View:
    """The view of an address of the desk that a form brings back."""
    return _read(dict(parse_qsl(urlsplit(address[:4_000]).query)))


def _read(asked: Mapping[str, str]) -> View:
    state, shape, panel = asked.get("state", "new"), asked.get("as", "phone"), asked.get("open", "")
    return View(
        state=state if state in ("new", "picked", "skipped", "snoozed", "all") else "new",  # type: ignore[arg-type]
        q=asked.get("q", "").strip()[:200],
        item=_number(asked.get("item")),
        issue=_number(asked.get("issue")),
        block=_number(asked.get("block")),
        section=_number(asked.get("section")),
        as_=shape if shape in ("phone", "wide", "text") else "phone",  # type: ignore[arg-type]
        dark=asked.get("dark") == "1",
        images=asked.get("images") != "0",
        reader=asked.get("reader", "").strip()[:254],
        limit=min(_number(asked.get("limit")) or STEP, MOST),
        source=_number(asked.get("source")),
        for_=asked.get("for", "").strip()[:200],
        days=min(_number(asked.get("days")) or 0, 3650),
        lang=asked.get("lang", "").strip()[:10],
        open_=panel if panel in ("same", "edit") else "",  # type: ignore[arg-type]
        into=_number(asked.get("into")),
        at=_number(asked.get("at"), 14),
        upto=_number(asked.get("upto")),
    )


def _number(text: str | None, digits: int = 9) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= digits else None
