"""Templates of the desk, and the sentence that a page says after a form."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from newsletter.model.user import Role
from newsletter.store import publications
from newsletter.text.plain import plain
from newsletter.web import languages
from newsletter.web.carrying import carried
from newsletter.web.dates import moments_here, number, span_in_words, told
from newsletter.web.lessening import lessened
from newsletter.web.mending import without_command
from newsletter.web.place import place_of
from newsletter.web.retold import retold
from newsletter.web.roles import may

FOLDER = Path(__file__).parent / "pages"
SAID = "said"
KEYS_OFF = "keys-off"
"""The cookie of who wants no single keys."""
LONGEST_SENTENCE = 600
TOLD = frozenset({"broken", "error", "sentence", "trouble", "why", "wrong"})
"""Values of pages that are what a room below said: they are told in the reader's language."""


@cache
def templates() -> Environment:
    """The desk's own templates; readers' pages are in `web/public.py`."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=languages.gettext, ngettext=languages.ngettext, language=languages.language)
    environment.filters["day"] = told
    environment.filters["clock"] = lambda at: f"{at:%H:%M}"
    environment.filters["coded"] = coded
    environment.filters["number"] = number
    environment.filters["here"] = moments_here
    environment.filters["zone"] = zone_in_words
    environment.filters["span"] = span_in_words
    environment.filters["retold"] = retold
    environment.filters["without_command"] = told_here
    environment.filters["addressed"] = addressed
    environment.globals["plain_text"] = plain
    return environment


def told_here(text: str) -> str:
    """What a room below said, in the reader's language, and without the command that mends it in a terminal."""
    return without_command(retold(text))


def addressed(asked: Mapping[str, object]) -> str:
    """The query of an address, without what is empty."""
    return urlencode({name: value for name, value in asked.items() if value})


def coded(text: str) -> Markup:
    """A text of ours with its `code` marked as such."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(parts))


def zone_in_words(zone: str) -> str:
    """The city of a zone: `New York` for `America/New_York`."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def page(request: Request, template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A page of the desk. What was to be said is said once."""
    place = place_of(request)
    state = request.scope["state"]
    said, user = _said(request), state["user"]
    with place.store.reading() as tx:
        everything = publications.listing(tx)
    publication = next(one for one in everything if one.id == place.publication_id)
    zone = ZoneInfo(publication.zone)
    html = (
        templates()
        .get_template(f"{template}.html.j2")
        .render(
            publication=publication,
            publications=everything if user else [],
            user=user,
            may=partial(may, user),
            path=request.url.path,
            zone=zone,
            now=place.clock.now().astimezone(zone),
            said=said,
            keys_off=KEYS_OFF in request.cookies,
            **{name: told_here(one) if name in TOLD and isinstance(one, str) else one for name, one in values.items()},
        )
    )
    if user is not None and not may(user, Role.PUBLISHER):
        needed = request.app.state.posts
        html = lessened(html, lambda path: may(user, needed(path)), here=request.url.path)
    answer = HTMLResponse(carried(html, slug) if (slug := state.get("carried")) else html, status)
    if SAID in request.cookies:
        answer.delete_cookie(SAID, httponly=True, samesite="strict")
    return answer


def _said(request: Request) -> dict[str, str] | None:
    try:
        said = json.loads(base64.urlsafe_b64decode(request.cookies[SAID]))
        level = "error" if said["level"] == "error" else "fine"
        return {"text": str(said["text"])[:LONGEST_SENTENCE], "level": level, "at": str(said["at"])}
    except (KeyError, ValueError, TypeError):
        return None


def back(request: Request, to: str, text: str = "", *, level: str = "fine") -> Response:
    """After a form: to a page of ours, which says one sentence."""
    answer = RedirectResponse(local(to), 303)
    if level == "error":
        request.scope["state"]["refused"] = True
    if text:
        text = told_here(languages.gettext(text))
        at = to.partition("#")[2]  # the desk says it in the pane where it happened
        value = json.dumps({"text": text[:LONGEST_SENTENCE], "level": level, "at": at}).encode()
        answer.set_cookie(SAID, base64.urlsafe_b64encode(value).decode(), max_age=60, httponly=True, samesite="strict")
    return answer


def local(path: str | None, otherwise: str = "/") -> str:
    """The path, where it is one of our own pages; never an address somewhere else."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return otherwise
    return path
