"""What servers said of links, so that nobody is asked twice in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from newsletter.model.linked import LinkAnswer, LinkState
from newsletter.store.engine import Tx
from newsletter.store.schema import link_answer as table
from newsletter.store.upsert import upsert_into

_CHUNK = 500


def since(tx: Tx, urls: Sequence[str], moment: datetime) -> dict[str, LinkAnswer]:
    """The answers to these links that are not older than a moment (UTC)."""
    found: dict[str, LinkAnswer] = {}
    hashes = [_hash(url) for url in urls]
    for start in range(0, len(hashes), _CHUNK):
        query = select(table).where(table.c.url_hash.in_(hashes[start : start + _CHUNK]), table.c.at >= moment)
        for row in tx.execute(query):
            found[row.url] = LinkAnswer(
                url=row.url,
                state=LinkState(row.state),
                detail=row.detail,
                moved_to=row.moved_to,
                size=row.size,
                at=row.at,
            )
    return found


def keep(tx: Tx, answers: Sequence[LinkAnswer]) -> None:
    """Remember answers, in place of older ones."""
    if not answers:
        return
    statement = upsert_into(tx, table)
    fresh = {name: statement.excluded[name] for name in ("state", "detail", "moved_to", "size", "at")}
    tx.execute(
        statement.on_conflict_do_update(index_elements=["url_hash"], set_=fresh),
        [
            {
                "url_hash": _hash(one.url),
                "url": one.url,
                "state": one.state.value,
                "detail": one.detail,
                "moved_to": one.moved_to,
                "size": one.size,
                "at": one.at,
            }
            for one in answers
        ],
    )


def _hash(url: str) -> str:
    return sha256(url.encode()).hexdigest()
