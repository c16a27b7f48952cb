"""What the description of the API says beside its operations: groups with an example, and what is left out, and why."""

from __future__ import annotations

from dataclasses import dataclass

ABOUT = (
    "The operations of the command line for programs, in the same shapes as its `--json`. Show a token of your account "
    "page as `Authorization: Bearer nld_…`; its scope is read, edit, publish or admin, and it may never do more than "
    "its person. Errors are problem details (RFC 9457). Long lists come in pages: follow the Link header with "
    "rel=next. A POST of JSON with an Idempotency-Key is done once. ETag and If-Match keep two from writing over each "
    "other. Where a desk has several newsletters, `?publication=SLUG` names one."
)


@dataclass(frozen=True)
class Group:
    """Operations that belong together, and one of them as a call."""

    name: str
    about: str
    example: str


def _call(path: str, options: str = "") -> str:
    return f'curl -H "Authorization: Bearer $TOKEN" {options}{" " if options else ""}"$DESK/api{path}"'


def _json(path: str, body: str, method: str = "") -> str:
    said = f"-X {method} " if method else ""
    return _call(path, f"{said}--json '{body}'")


GROUPS = (
    Group("newsletter", "The newsletter itself, and whose token it is.", _call("/publication")),
    Group(
        "planning",
        "When it comes out: the cadence, its holidays, the digest that fills itself.",
        _json("/cadence", '{"cadence": "Fri 09:00 America/New_York"}', "PUT"),
    ),
    Group("sources", "Where items come from, and collecting.", _call("/collect?force=true", "-X POST")),
    Group("items", "The queue: what was collected, and what is decided about it.", _call("/items?state=new&limit=20")),
    Group(
        "events",
        "The calendar: pasted lines, .ics, CSV and web pages in; dates and .ics out.",
        _json("/events", '{"lines": "December 5-6 Street fair"}'),
    ),
    Group("issues", "Issues, and filling them.", _json("/issues", '{"title": "June"}')),
    Group(
        "outline",
        "The sections and blocks of an issue. Positions count from 1.",
        _json("/issues/1/blocks", '{"text": "Write to us.", "standing": true}'),
    ),
    Group("history", "What an issue was before: undo, redo, states with a name.", _call("/issues/1/history")),
    Group("sending", "From the checks to the ledger: each reader once.", _call("/issues/1/check")),
    Group("themes", "The looks that an issue can have.", _call("/themes/weekly/check")),
    Group(
        "readers",
        "Who gets it. A list may be 200 MB long; it goes to the disk as it comes.",
        _call("/subscribers/import?dry_run=true", "-H 'Content-Type: text/csv' --data-binary @readers.csv"),
    ),
    Group("people", "Who works at the desk, and what they did.", _json("/people/invitations", '{"role": "editor"}')),
    Group("machine", "Whether it can send, and a backup of everything.", _call("/backup", "-X POST -OJ")),
)

LEFT = {
    "init": "It makes the workspace that a desk is served from.",
    "demo": "It brings a workspace, feeds and a mail server of its own, and shows them.",
    "serve": "It is the process that answers here.",
    "restore": "It needs an empty workspace, and this one is in use.",
    "db copy": "It needs the desk to stand still.",
}
"""What is left to the command line, and why."""
ELSEWHERE = {
    "collect --strict": "It changes the exit code alone; the answer names the sources that failed.",
    "theme preview --watch": "The page of the look shows each change.",
    "issue send --yes": "A program says `sure`.",
}
"""Options that are left out, or have another name here."""
