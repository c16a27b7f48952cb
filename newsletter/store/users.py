"""The people at the desk, their sessions, and the one-time links that open a door once.

Tokens are stored as SHA-256 only: who reads the database cannot sign in with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from newsletter.errors import NewsletterError
from newsletter.model.user import Role, User, UserId
from newsletter.store.engine import Tx
from newsletter.store.schema import invitation, session
from newsletter.store.schema import user as table


def _user(row: Any) -> User:
    return User(id=UserId(row.id), name=row.name, role=Role(row.role), created_at=row.created_at)


def count(tx: Tx) -> int:
    """How many people have a password."""
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def add(tx: Tx, name: str, password: str, *, role: Role, now: datetime) -> User:
    """A new person; `password` is its argon2 hash. Raises NewsletterError where the name is taken."""
    if tx.execute(select(table.c.id).where(table.c.name == name)).first():
        raise NewsletterError(f"There is somebody called “{name}” already; take another name.", code="exists")
    values = {"name": name, "password": password, "role": role.value, "created_at": now}
    key = tx.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return User(id=UserId(key[0]), name=name, role=role, created_at=now)


def find(tx: Tx, name: str) -> tuple[User, str] | None:
    """The person of this name, with the hash of their password."""
    row = tx.execute(select(table).where(table.c.name == name)).first()
    return None if row is None else (_user(row), row.password)


def change_password(tx: Tx, user: UserId, password: str) -> None:
    """Store another argon2 hash."""
    tx.execute(update(table).where(table.c.id == user).values(password=password))


def open_session(tx: Tx, user: UserId, token_hash: str, *, now: datetime, expires: datetime) -> None:
    """Remember a session by the hash of its token; those that are over go."""
    tx.execute(delete(session).where(session.c.expires_at <= now))
    tx.execute(
        insert(session).values(token_hash=token_hash, user_id=user, created_at=now, expires_at=expires),
    )


def of_session(tx: Tx, token_hash: str, now: datetime) -> User | None:
    """Who a session belongs to, while it lasts."""
    row = tx.execute(
        select(table)
        .join(session, session.c.user_id == table.c.id)
        .where(session.c.token_hash == token_hash, session.c.expires_at > now)
    ).first()
    return None if row is None else _user(row)


def close_session(tx: Tx, token_hash: str) -> None:
    """Sign out."""
    tx.execute(delete(session).where(session.c.token_hash == token_hash))


def invite(tx: Tx, token_hash: str, *, role: Role, now: datetime, expires: datetime) -> None:
    """One link for this role; earlier ones for it are dead."""
    tx.execute(delete(invitation).where(invitation.c.role == role.value))
    tx.execute(insert(invitation).values(token_hash=token_hash, role=role.value, created_at=now, expires_at=expires))


def invited(tx: Tx, token_hash: str, now: datetime) -> Role | None:
    """What an unused link is for; none where it was used, is too old, or never was."""
    role = tx.execute(
        select(invitation.c.role).where(invitation.c.token_hash == token_hash, invitation.c.expires_at > now)
    ).scalar()
    return None if role is None else Role(role)


def accept(tx: Tx, token_hash: str, name: str, password: str, *, now: datetime) -> User | None:
    """Use a link: the person is added and the link is dead, both or neither. None where it is dead already."""
    role = invited(tx, token_hash, now)
    taken = tx.execute(delete(invitation).where(invitation.c.token_hash == token_hash)).rowcount
    if role is None or taken != 1:
        return None
    return add(tx, name, password, role=role, now=now)
