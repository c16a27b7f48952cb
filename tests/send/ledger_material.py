"""Issues on their way, with as many readers as a test wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert

from newsletter.model.issue import IssueId, IssueState
from newsletter.model.merge import UNSUBSCRIBE, new_nonce, token
from newsletter.model.publication import PublicationId
from newsletter.model.rendition import RenditionData
from newsletter.model.subscriber import address_hash
from newsletter.store import Store, renditions
from newsletter.store.schema import issue, subscriber, subscription


def rendition(size: int = 0) -> RenditionData:
    """A small issue of the Alderwick Letter; `size` pads its HTML to about so many bytes."""
    nonce = new_nonce()
    link = token(nonce, UNSUBSCRIBE)
    row = "<tr><td>The ferry runs every half hour, and the bakery on Mill Street opens at six.</td></tr>\n"
    return RenditionData(
        subject="Alderwick Letter 11.27.2026: The ferry returns",
        sender="Alderwick Letter <desk@letter.example.org>",
        reply_to="",
        list_id="Alderwick Letter <alderwick-letter.news.example.org>",
        html="<html><body><table>\n"
        + row * (size // len(row))
        + f'</table><a href="{link}">Unsubscribe</a></body></html>',
        text=f"The ferry returns.\n\nUnsubscribe: {link}\n",
        base_url="https://news.example.org",
        nonce=nonce,
    )


def subscribe(
    store: Store, publication: PublicationId, emails: Iterable[str], now: datetime, *, status: str = "confirmed"
) -> None:
    """Readers who said yes (or what `status` says) at `now`."""
    with store.writing() as tx:
        first = (tx.exec_driver_sql("SELECT coalesce(max(id), 0) FROM subscriber").scalar() or 0) + 1
        rows = [
            {
                "id": number,
                "email": email,
                "email_key": email,
                "email_hash": address_hash(email),
                "name": "",
                "tags": [],
                "fields": {},
                "created_at": now,
            }
            for number, email in enumerate(emails, start=first)
        ]
        tx.execute(insert(subscriber), rows)
        tx.execute(
            insert(subscription),
            [
                {
                    "publication_id": publication,
                    "subscriber_id": row["id"],
                    "status": status,
                    "how": "import",
                    "changed_at": now,
                    "confirmed_at": now if status == "confirmed" else None,
                }
                for row in rows
            ],
        )


def issue_on_its_way(
    store: Store, publication: PublicationId, now: datetime, *, number: int = 1, data: RenditionData | None = None
) -> IssueId:
    """An issue in state *sending* whose audience is not frozen yet; the cut-off is `now`."""
    with store.writing() as tx:
        key = tx.execute(
            insert(issue).values(
                publication_id=publication,
                number=number,
                title=f"Issue {number}",
                state=IssueState.SENDING.value,
                version=1,
                created_at=now,
                sending_at=now,
            )
        ).inserted_primary_key
        assert key is not None
        made = IssueId(key[0])
        approved = renditions.add(tx, made, data or rendition(), now)
        tx.execute(issue.update().where(issue.c.id == made).values(rendition_id=approved.id, approved_at=now))
    return made
