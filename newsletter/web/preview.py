"""The preview of an issue, loaded by URL into `iframe sandbox=""`, under a policy of its own."""

from __future__ import annotations

import html
import re

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.asset import IMAGES, image_url
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.personal import NOBODY, Facts
from newsletter.model.reading import html_for, text_for
from newsletter.model.rendition import RenditionData
from newsletter.store import subscribers
from newsletter.web.languages import gettext as _
from newsletter.web.languages import language
from newsletter.web.mending import without_command
from newsletter.web.numbers import InPath
from newsletter.web.place import desk_of, place_of
from newsletter.web.retold import retold
from newsletter.workflows.rendering import address_key

router = APIRouter()

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_SOURCE = re.compile(r'(<img\b[^>]*?)\ssrc="[^"]*"')
_PREFERS = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)")


@router.get("/issues/{number}/preview.html")
def preview_html(
    request: Request, number: InPath, dark: bool = False, reader: str = "", images: bool = True, measured: bool = False
) -> Response:
    """The mail in HTML, as a subscriber gets it or nobody in particular.

    `dark` forces the scheme, whatever the browser prefers; without `images` only their alternative texts are there.
    `measured`: for the desk's own script, which asks how high it is and where its blocks stand.
    """
    try:
        data, facts = _proof(request, number), _facts(request, reader)
    except NewsletterError as error:
        return _why_not(error, measured)
    document = html_for(data, {UNSUBSCRIBE: "#"}, facts)
    if data.base_url:  # our own pictures from here: readers' address may lead elsewhere while a draft is written
        document = document.replace(f'src="{image_url(data.base_url, "")}', f'src="{IMAGES}/')
    if not images:
        document = _SOURCE.sub(r"\1", document)
    return _framed(forced(document, dark=dark), measured)


@router.get("/issues/{number}/preview.txt")
def preview_text(
    request: Request, number: InPath, dark: bool = False, reader: str = "", measured: bool = False
) -> Response:
    """The text part, as a mail program without HTML shows it."""
    try:
        data, facts = _proof(request, number), _facts(request, reader)
    except NewsletterError as error:
        return _why_not(error, measured)
    text = text_for(data, {UNSUBSCRIBE: f"{data.base_url}/unsubscribe/…"}, facts)
    colours = "#171716;color:#edebe5" if dark else "#fff;color:#1d1c1a"
    return _framed(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Text</title>'
        f'<body style="margin:0;background:{colours}">'
        f'<pre style="margin:0;padding:16px;font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap">'
        f"{html.escape(text)}</pre>",
        measured,
    )


def _proof(request: Request, number: int) -> RenditionData:
    desk = desk_of(request)
    return place_of(request).proofs.of(desk, desk.material(number))


def forced(document: str, *, dark: bool) -> str:
    """A mail in one scheme, whatever the browser prefers."""
    return _PREFERS.sub("@media all" if dark else "@media not all", document)


def _facts(request: Request, reader: str) -> Facts:
    """What is known of a subscriber; of nobody where none is named."""
    if not reader.strip():
        return NOBODY
    place = place_of(request)
    with place.store.reading() as tx:
        return subscribers.find(tx, place.publication_id, address_key(reader)).facts


def _why_not(error: NewsletterError, measured: bool) -> Response:
    """Where the mail would stand, why there is none; nothing of the outline waits for it."""
    why = html.escape(without_command(retold(error.message)))
    document = (
        f'<!DOCTYPE html><html lang="{language()}"><meta charset="utf-8"><title>{html.escape(_("Preview"))}</title>'
        f'<body style="margin:0;padding:16px;font:15px/1.5 system-ui,sans-serif;background:#fff;color:#1d1c1a">'
        f"<p><strong>{html.escape(_('The mail cannot be shown.'))}</strong> {why}</p>"
    )
    return _framed(document, measured, 404 if isinstance(error, NotFound) else 400)


def _framed(document: str, measured: bool, status: int = 200) -> Response:
    policy = POLICY.replace("sandbox;", "sandbox allow-same-origin;") if measured else POLICY  # neither runs a script
    return HTMLResponse(document, status, headers={"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"})
