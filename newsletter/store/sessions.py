"""Sessions: the browsers in which people signed in. Only the hashes of their tokens are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from newsletter.model.publication import PublicationId
from newsletter.model.user import Session, UserId
from newsletter.store.engine import Tx
from newsletter.store.schema import half_session, user
from newsletter.store.schema import session as table
from newsletter.store.users import user_of

IDLE = timedelta(days=14)
"""How long a session lasts that nobody uses."""


def _session(row: Any) -> Session:
    return Session(
        key=row.token_hash,
        user=user_of(row),
        created_at=row.session_created_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        address=row.address,
        agent=row.agent,
        publication=None if row.publication_id is None else PublicationId(row.publication_id),
    )


def _open(now: datetime) -> Any:
    columns = [column for column in table.c if column.name not in ("created_at", "user_id")]
    return (
        select(user, *columns, table.c.created_at.label("session_created_at"))
        .join(table, table.c.user_id == user.c.id)
        .where(table.c.expires_at > now, or_(table.c.seen_at.is_(None), table.c.seen_at > now - IDLE))
    )


def add(
    tx: Tx,
    person: UserId,
    key: str,
    *,
    now: datetime,
    expires: datetime,
    address: str | None = None,
    agent: str | None = None,
    publication: PublicationId | None = None,
) -> None:
    """Remember a session by the hash of its token; those that are over go."""
    tx.execute(delete(table).where(table.c.expires_at <= now))
    values = {"token_hash": key, "user_id": person, "created_at": now, "expires_at": expires, "seen_at": now}
    tx.execute(insert(table).values(**values, address=address, agent=agent, publication_id=publication))


def find(tx: Tx, key: str, now: datetime) -> Session | None:
    """The session of a token's hash, while it lasts."""
    row = tx.execute(_open(now).where(table.c.token_hash == key)).first()
    return None if row is None else _session(row)


def of_user(tx: Tx, person: UserId, now: datetime) -> list[Session]:
    """Where somebody is signed in, the latest first."""
    rows = tx.execute(_open(now).where(table.c.user_id == person).order_by(table.c.created_at.desc()))
    return [_session(row) for row in rows]


def seen(tx: Tx, key: str, now: datetime) -> None:
    """It is in use."""
    tx.execute(update(table).where(table.c.token_hash == key).values(seen_at=now))


def work_on(tx: Tx, key: str, publication: PublicationId) -> None:
    """Another newsletter of the workspace from now on."""
    tx.execute(update(table).where(table.c.token_hash == key).values(publication_id=publication))


def close(tx: Tx, key: str) -> None:
    """Sign out."""
    tx.execute(delete(table).where(table.c.token_hash == key))


def close_one(tx: Tx, person: UserId, begins: str) -> int:
    """End the session of this person whose hash begins so; how many there were."""
    ours = table.c.token_hash.startswith(begins, autoescape=True)
    return tx.execute(delete(table).where(table.c.user_id == person, ours)).rowcount


def close_all(tx: Tx, person: UserId, *, but: str | None = None) -> int:
    """End all sessions of somebody, but perhaps one; how many there were."""
    query = delete(table).where(table.c.user_id == person)
    return tx.execute(query if but is None else query.where(table.c.token_hash != but)).rowcount


def add_half(tx: Tx, person: UserId, key: str, *, now: datetime, expires: datetime) -> None:
    """The password was right, and the code of the second factor is still to come."""
    tx.execute(delete(half_session).where(half_session.c.expires_at <= now))
    tx.execute(insert(half_session).values(token_hash=key, user_id=person, expires_at=expires))


def find_half(tx: Tx, key: str, now: datetime) -> UserId | None:
    """Who gave the right password a moment ago."""
    query = select(half_session.c.user_id).where(half_session.c.token_hash == key, half_session.c.expires_at > now)
    found = tx.execute(query).scalar()
    return None if found is None else UserId(found)


def close_half(tx: Tx, key: str) -> bool:
    """Used up; false where somebody was faster."""
    return tx.execute(delete(half_session).where(half_session.c.token_hash == key)).rowcount == 1
