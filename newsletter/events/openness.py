"""What of an event everybody may see: not its contact, nor the way into an online meeting, unless it is open."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from newsletter.events.links import EMAIL, URL
from newsletter.events.patterns import lazily
from newsletter.model.event import Event, EventData

MEETING_HOSTS = (
    "zoom.us", "zoom.com", "zoomgov.com", "meet.google.com", "teams.microsoft.com", "teams.live.com", "webex.com",
    "meet.jit.si", "jitsi.org", "8x8.vc", "gotomeeting.com", "goto.com", "whereby.com", "bluejeans.com",
    "chat.whatsapp.com", "discord.gg", "discord.com", "signal.group", "t.me", "skype.com",
)  # fmt: skip
"""Whoever has an address there can join."""

GONE = "…"
_ANCHOR = lazily(r"<a\b[^>]*\bhref=\"(?P<href>[^\"]*)\"[^>]*>(?P<shown>.*?)</a>", re.I | re.S)
_CODE = lazily(
    r"\b(?:meeting[- ]?id|passcode|pass ?code|password|kenncode|passwort|contraseña|clave|mot de passe|code d['’]accès|"
    r"código|senha)\s*[:=#]?\s*(?:[\w-]*\d[\w-]*)(?:\s\d+)*",
    re.I,
)
_BIG_BLUE = lazily(r"^(?:bbb|bigbluebutton|meet|jitsi)\.|/b/[\w-]{6,}")


def is_join_link(url: str) -> bool:
    """Whether an address lets whoever has it join a meeting."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return True
    return any(host == one or host.endswith(f".{one}") for one in MEETING_HOSTS) or bool(
        _BIG_BLUE.search(host) or _BIG_BLUE.search(parts.path)
    )


def hidden(text: str) -> str:
    """A plain text with an ellipsis in the place of join links, codes and mail addresses."""
    text = URL.sub(lambda link: GONE if is_join_link(_whole(link.group())) else link.group(), text)
    return _CODE.sub(GONE, EMAIL.sub(GONE, text))


def public(event: Event) -> Event:
    """The event as everybody may see it; itself where it is marked open."""
    return event if event.data.open else replace(event, data=public_data(event.data))


def public_data(data: EventData) -> EventData:
    """What of an event everybody may see; its VCALENDAR is left as it is, for `write_ics` to hide in."""
    return replace(
        data,
        title=hidden(data.title),
        description=_hidden_html(data.description),
        place=hidden(data.place) if data.place else None,
        url=None if data.url and is_join_link(data.url) else data.url,
        contact=None,
        wording=None,
        warnings=(),
    )


def _hidden_html(html: str) -> str:
    def anchor(match: re.Match[str]) -> str:
        closed = match["href"].lower().startswith(("mailto:", "tel:")) or is_join_link(match["href"])
        shown = hidden(match["shown"])
        return shown if closed else match.group()

    found = _ANCHOR.sub(anchor, html)
    # What stands in the tags that are left are addresses that may be seen.
    return "".join(part if part.startswith("<") else hidden(part) for part in re.split(r"(<[^>]*>)", found))


def _whole(url: str) -> str:
    return url if "://" in url else f"https://{url}"
