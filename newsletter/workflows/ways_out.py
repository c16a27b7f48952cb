"""The ways by which an alert reaches a person: a mail by a server of its own, a POST to a webhook."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.alert import Alert
from newsletter.model.delivery import DeliveryState
from newsletter.model.header import one_line, split_address
from newsletter.net.post import post_json
from newsletter.send.address import Envelope, wire_address
from newsletter.send.line import open_line
from newsletter.send.outcomes import judge
from newsletter.settings import Settings
from newsletter.workflows.deliver import hello

NOBODY = "newsletter@localhost"
PATIENCE = 20.0
"""Seconds for an answer of a server for alerts: nobody waits longer for the desk to end."""


def tell_by(way: str, settings: Settings, clock: Clock, alert: Alert, sender: str) -> str | None:
    """Tell an alert by one way; why that failed, or none. Never raises for what a network does."""
    try:
        return _WAYS[way](settings, clock, alert, sender)
    except NewsletterError as error:
        return error.message
    except (ValueError, OSError) as cause:
        return f"The alert could not be told by {way}: {cause}."


def _mail(settings: Settings, clock: Clock, alert: Alert, sender: str) -> str | None:
    """One message to each address, by the server for alerts, else the first that takes it."""
    servers = (settings.alerts.smtp,) if settings.alerts.smtp else settings.smtp
    if not servers:
        return "No mail server is set for alerts; set alerts.smtp in newsletter.toml."
    why: str | None = None
    for server in servers:
        try:
            line = open_line(replace(server, timeout=min(server.timeout, PATIENCE)), hello=hello(settings.base_url))
        except NewsletterError as error:
            why = error.message
            continue
        try:
            refused = []
            for number, address in enumerate(settings.alerts.mail_to):
                # the same for each try, so that a mail program shows a repeated one once
                message_id = f"<alert-{alert.id}-{number}.{alert.raised_at:%Y%m%d%H%M%S}@{_host(sender)}>"
                envelope = Envelope(wire_address(split_address(sender)[1]), wire_address(address))
                content = _message(alert, sender, address, message_id, clock)
                answer = line.hand_over(envelope, content, message_id)
                if judge(answer).state is not DeliveryState.SENT:
                    refused.append(str(answer))
            return refused[0] if len(refused) == len(settings.alerts.mail_to) else None
        except NewsletterError as error:
            why = error.message
        finally:
            line.close()
    return why


def _message(alert: Alert, sender: str, address: str, message_id: str, clock: Clock) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = address
    message["Subject"] = one_line(alert.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's vacation answers it
    message.set_content(alert.text + "\n", cte="quoted-printable")
    return re.sub(rb"\r\n\.", b"\r\n=2E", message.as_bytes())  # no line of the text may end the message


def _host(sender: str) -> str:
    return wire_address(split_address(sender)[1]).rpartition("@")[2]


def _webhook(settings: Settings, clock: Clock, alert: Alert, sender: str) -> str | None:
    document = {
        "id": alert.id,
        "kind": alert.kind,
        "issue": alert.issue,
        "publication": alert.publication,
        "subject": alert.subject,
        "text": alert.text,
        "at": alert.raised_at.isoformat(),
    }
    return post_json(settings.fetching, settings.alerts.webhook, document, secret=settings.alerts.webhook_secret)


_WAYS: dict[str, Callable[[Settings, Clock, Alert, str], str | None]] = {"mail": _mail, "webhook": _webhook}
