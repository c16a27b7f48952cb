"""Links that open one door once: the first start, an invitation, a new password. Only their hashes are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select

from newsletter.model.user import Invitation, Role, User, UserId
from newsletter.store import users
from newsletter.store.engine import Tx
from newsletter.store.schema import invitation as table
from newsletter.store.schema import user as person


def _invitation(row: Any) -> Invitation:
    return Invitation(
        key=row.token_hash,
        role=Role(row.role),
        created_at=row.created_at,
        expires_at=row.expires_at,
        invited_by=row.invited_by,
        email=row.email,
        user=None if row.user_id is None else UserId(row.user_id),
        inviter=None if row.inviter_id is None else UserId(row.inviter_id),
    )


def _holds(now: datetime) -> ColumnElement[bool]:
    """Not over, and whoever made it is still an administrator: only they may give roles and passwords."""
    still = exists().where(person.c.id == table.c.inviter_id, person.c.role == Role.ADMIN.value)
    return and_(table.c.expires_at > now, or_(table.c.inviter_id.is_(None), still))


def add_first(tx: Tx, key: str, *, now: datetime, expires: datetime) -> None:
    """The link of the first start; those of earlier starts are dead."""
    tx.execute(delete(table).where(table.c.invited_by.is_(None)))
    tx.execute(insert(table).values(token_hash=key, role=Role.ADMIN.value, created_at=now, expires_at=expires))


def add(
    tx: Tx,
    key: str,
    *,
    role: Role,
    by: str,
    now: datetime,
    expires: datetime,
    email: str | None = None,
    user: UserId | None = None,
    inviter: UserId | None = None,
) -> None:
    """A link for somebody new, or (`user`) for a new password: earlier ones for the same person are dead.

    `inviter` makes it hold only as long as they are administrators.
    """
    tx.execute(delete(table).where(table.c.expires_at <= now))
    if user is not None:
        tx.execute(delete(table).where(table.c.user_id == user))
    values = {"token_hash": key, "role": role.value, "created_at": now, "expires_at": expires}
    tx.execute(insert(table).values(**values, invited_by=by, email=email, user_id=user, inviter_id=inviter))


def find(tx: Tx, key: str, now: datetime) -> Invitation | None:
    """What an unused link is for; none where it was used, is too old, or never was."""
    row = tx.execute(select(table).where(table.c.token_hash == key, _holds(now))).first()
    return None if row is None else _invitation(row)


def open_ones(tx: Tx, now: datetime) -> list[Invitation]:
    """The links that nobody has used yet, the latest first."""
    query = select(table).where(_holds(now), table.c.invited_by.is_not(None))
    return [_invitation(row) for row in tx.execute(query.order_by(table.c.created_at.desc()))]


def withdraw(tx: Tx, begins: str) -> int:
    """Kill the links whose hash begins so; how many there were."""
    query = delete(table).where(table.c.token_hash.startswith(begins, autoescape=True), table.c.invited_by.is_not(None))
    return tx.execute(query).rowcount


def forget(tx: Tx, user: UserId) -> None:
    """Kill the links for somebody who leaves."""
    tx.execute(delete(table).where(table.c.user_id == user))


def forget_made_by(tx: Tx, user: User) -> None:
    """Kill the links that somebody made who may not make any more; those of long ago know them by name alone."""
    long_ago = and_(table.c.inviter_id.is_(None), table.c.invited_by == user.name)
    tx.execute(delete(table).where(or_(table.c.inviter_id == user.id, long_ago)))


def accept(tx: Tx, key: str, name: str, password: str, *, now: datetime) -> User | None:
    """Use a link: the person is added, or gets the new password, and the link is dead, both or neither.

    None where it is dead already, or whoever made it may not give it any more. Raises
    NewsletterError where the name is taken.
    """
    found = find(tx, key, now)
    taken = tx.execute(delete(table).where(table.c.token_hash == key)).rowcount
    if found is None or taken != 1:
        return None
    if found.user is None:
        return users.add(tx, name, password, role=found.role, now=now)
    users.change_password(tx, found.user, password)
    return users.get(tx, found.user)
