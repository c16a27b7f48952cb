"""An issue as files and as a test message: rendered as readers get it, and the ledger is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.audience.addresses import BadAddress, read_address
from newsletter.errors import NewsletterError
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.personal import NOBODY
from newsletter.model.reading import html_for, text_for
from newsletter.model.splice import Reader, compile_rendition, message_ids
from newsletter.model.subscriber import Subscriber
from newsletter.model.tokens import unsubscribe_url
from newsletter.send.address import wire_address
from newsletter.store import subscribers
from newsletter.workflows import deliver
from newsletter.workflows.answers.sending import NotReachedJson
from newsletter.workflows.publish import Desk
from newsletter.workflows.specimen import SAMPLE_READER, shown


@dataclass(frozen=True)
class Files:
    """What `issue render` wrote."""

    html: Path
    text: Path
    eml: Path
    size: int
    """Bytes of HTML: Gmail clips above 102,000."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An issue as one reader, or nobody in particular, gets it."""

    subject: str
    sender: str
    html: str
    text: str
    eml: bytes
    """The whole message (RFC 5322)."""


def rendered(desk: Desk, number: int | None, *, reader: str | None = None) -> Rendered:
    """An issue as a subscriber gets it, or as nobody in particular. Raises NotFound for an unknown subscriber."""
    found = _subscriber(desk, reader) if reader is not None else None
    issue, data = desk.issue(number), shown(desk.preview(number))
    whose = found.id if found else deliver.NOBODY
    keys = desk.settings.secret_keys
    values = {UNSUBSCRIBE: unsubscribe_url(data.base_url, keys, desk.publication.id, whose, issue.id)}
    facts = found.facts if found else NOBODY
    reader_of = Reader(
        address=wire_address(found.email if found else SAMPLE_READER),
        name=found.name if found else "",
        values=values,
        facts=facts,
    )
    message = compile_rendition(data, ascii_address=wire_address).splice(
        reader_of, message_id=message_ids(data, issue.id).of(0), date=desk.clock.now()
    )
    return Rendered(
        subject=data.subject,
        sender=data.sender,
        html=html_for(data, values, facts),
        text=text_for(data, values, facts),
        eml=message,
    )


def write_files(desk: Desk, number: int | None, folder: Path, *, reader: str | None = None) -> Files:
    """Write `issue.html`, `issue.txt` and `issue.eml`, as a subscriber or as nobody in particular.

    Raises NotFound for an unknown subscriber, NewsletterError where the folder cannot be written.
    """
    found = rendered(desk, number, reader=reader)
    html = found.html.encode()
    files = Files(folder / "issue.html", folder / "issue.txt", folder / "issue.eml", len(html))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.html.write_bytes(html)
        files.text.write_bytes(found.text.encode())
        files.eml.write_bytes(found.eml)
    except OSError as cause:
        raise NewsletterError(
            f"{folder} cannot be written: {cause.strerror}. Choose another --out.", where=str(folder)
        ) from cause
    return files


def send_test(desk: Desk, number: int | None, addresses: Sequence[str]) -> tuple[list[str], list[NotReachedJson]]:
    """Send a marked test to each address: those it reached, and the others with why."""
    for address in addresses:
        address_key(address)
    data = shown(desk.preview(number))
    tried = deliver.test_send(desk.settings, desk.clock, data, addresses, publication=desk.publication.id)
    failed: list[NotReachedJson] = [{"email": address, "reason": reason} for address, reason in tried.failed]
    return list(tried.sent), failed


def _subscriber(desk: Desk, address: str) -> Subscriber:
    with desk.store.reading() as tx:
        return subscribers.find(tx, desk.publication.id, address_key(address))


def address_key(address: str) -> str:
    """What makes an address one. Raises NewsletterError where it is none."""
    read = read_address(address)
    if isinstance(read, BadAddress):
        raise NewsletterError(f"“{address}” is not an address: {read.reason}.", where="EMAIL")
    return read.key
