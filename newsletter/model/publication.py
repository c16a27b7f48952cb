"""A publication: one newsletter of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType
from urllib.parse import urlsplit

PublicationId = NewType("PublicationId", int)

DEFAULT_SUBJECT = "{name} {date}: {teasers}"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One newsletter: who sends it, where its readers live, and how its issues look."""

    id: PublicationId
    name: str
    slug: str
    """The name in lower case letters, digits and hyphens; part of List-Id, so it stays once an issue is approved."""
    path: str = ""
    """Where its public pages begin, behind the base URL: `/p/SLUG`, and nothing for the workspace's first."""
    sender: str = ""
    """`From`: an address, or `Name <address>`. Called `from` on the command line."""
    reply_to: str = ""
    address: str = ""
    """The postal address in the footer; anti-spam laws ask for one."""
    tagline: str = ""
    zone: str = "UTC"
    """An IANA zone name."""
    language: str = "en"
    """A BCP 47 tag."""
    theme: str = "weekly"
    subject: str = DEFAULT_SUBJECT
    """The convention for subjects, with `{name} {date} {number} {title} {teasers}`."""
    date_format: str = "MM.dd.yyyy"
    """A CLDR date pattern (`dd.MM.yyyy`), or a strftime one where it has a `%`."""
    event_days: int = 60
    """How far ahead the calendar looks, in days."""
    event_grouping: str = ""
    """How an issue's calendar is parted: empty for a plain list, or `day`, `week`, `city`."""
    event_zones: tuple[str, ...] = ()
    """Two to four IANA zones in which the hours of events are told side by side; empty: each in its own."""
    send_late_within: timedelta = timedelta(hours=2)
    """A schedule that fires later than this is held."""
    outlets: tuple[str, ...] = ()
    """The order in which outlets lead a story; the others follow as they were seen."""
    created_at: datetime
    """UTC."""

    def list_name(self, base_url: str) -> str:
        """What identifies its mail as a list (RFC 2919 §3): `slug.host`, the host of the base URL, else localhost."""
        host = urlsplit(base_url).hostname or "localhost"
        try:
            host = host.encode("idna").decode() if not host.isascii() else host
        except UnicodeError:
            host = "localhost"
        return f"{self.slug}.{host.replace(':', '-')}"
