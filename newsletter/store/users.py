"""The people at the desk, their passwords (argon2 hashes) and second factors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from newsletter.errors import NewsletterError, NotFound, Refused
from newsletter.model.user import Role, User, UserId, folded
from newsletter.store import audit
from newsletter.store.engine import Tx
from newsletter.store.schema import recovery_code, session
from newsletter.store.schema import user as table
from newsletter.store.turns import Turn, wait_for


def user_of(row: Any) -> User:
    """A row of the table, or of one joined to it, as a person."""
    return User(
        id=UserId(row.id),
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        zone=row.zone,
        language=row.language,
        second_factor=row.totp_secret is not None,
    )


def count(tx: Tx) -> int:
    """How many people have a password."""
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


def listing(tx: Tx) -> list[User]:
    """Everybody, by name."""
    return [user_of(row) for row in tx.execute(select(table).order_by(func.lower(table.c.name), table.c.id))]


def last_seen(tx: Tx) -> dict[UserId, datetime]:
    """When each was here last, of those who are signed in somewhere."""
    query = select(session.c.user_id, func.max(session.c.seen_at).label("at")).group_by(session.c.user_id)
    return {UserId(row.user_id): row.at for row in tx.execute(query) if row.at is not None}


def add(tx: Tx, name: str, password: str, *, role: Role, now: datetime) -> User:
    """A new person; `password` is its argon2 hash.

    Raises NewsletterError where the name is taken, or one that a person would take for the same, also by somebody
    who has left and stands in the log.
    """
    wait_for(tx, Turn.NAMES)
    if _alike(tx, name):
        raise NewsletterError(f"There is somebody called “{name}” already; take another name.", code="exists")
    # What one may take back, and what the log tells, goes by name: nobody inherits it.
    if folded(name) in map(folded, audit.colleagues(tx)):
        raise NewsletterError(f"Somebody called “{name}” was at this desk before; take another name.", code="exists")
    values = {"name": name, "password": password, "role": role.value, "created_at": now}
    key = tx.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return User(id=UserId(key[0]), name=name, role=role, created_at=now)


def find(tx: Tx, name: str) -> tuple[User, str] | None:
    """The person of this name, with the hash of their password."""
    row = tx.execute(select(table).where(table.c.name == name)).first()
    return None if row is None else (user_of(row), row.password)


def meant(tx: Tx, name: str) -> UserId | None:
    """Whose account somebody tries who types this name: it is theirs, or like the name of nobody else."""
    found = find(tx, name)
    if found is not None:
        return found[0].id
    alike = _alike(tx, name)
    return alike[0] if len(alike) == 1 else None


def _alike(tx: Tx, name: str) -> list[UserId]:
    rows = tx.execute(select(table.c.id, table.c.name))
    return [UserId(row.id) for row in rows if folded(row.name) == folded(name)]


def get(tx: Tx, user: UserId) -> User:
    """A person by their number. Raises NotFound."""
    row = tx.execute(select(table).where(table.c.id == user)).first()
    if row is None:
        raise NotFound("There is nobody like that at this desk.")
    return user_of(row)


def named(tx: Tx, name: str) -> User:
    """A person by their name. Raises NotFound with the names there are."""
    found = find(tx, name)
    if found is None:
        names = ", ".join(f"“{one.name}”" for one in listing(tx)) or "nobody yet"
        raise NotFound(f"There is nobody called “{name}” at this desk; there is: {names}.", where="name")
    return found[0]


def password_of(tx: Tx, user: UserId) -> str:
    """The hash of somebody's password."""
    return str(tx.execute(select(table.c.password).where(table.c.id == user)).scalar_one())


def change_password(tx: Tx, user: UserId, password: str) -> None:
    """Store another argon2 hash."""
    tx.execute(update(table).where(table.c.id == user).values(password=password))


def prefer(tx: Tx, user: UserId, *, zone: str | None, language: str | None) -> None:
    """Their own zone and language; none: the publication's, and what their browser asks for."""
    tx.execute(update(table).where(table.c.id == user).values(zone=zone, language=language))


def change_role(tx: Tx, user: UserId, role: Role) -> User:
    """Another role. Raises Refused for the last administrator."""
    before = get(tx, user)
    if role is not Role.ADMIN:
        _another_admin(tx, before)
    tx.execute(update(table).where(table.c.id == user).values(role=role.value))
    return get(tx, user)


def remove(tx: Tx, user: UserId) -> User:
    """Take somebody off the desk, with their sessions and tokens; what they did stays. Raises Refused for the last
    administrator.
    """
    before = get(tx, user)
    _another_admin(tx, before)
    tx.execute(delete(table).where(table.c.id == user))
    return before


def _another_admin(tx: Tx, leaving: User) -> None:
    # The rows are locked (PostgreSQL): two administrators who remove each other at once must not both succeed.
    admins = tx.execute(select(table.c.id).where(table.c.role == Role.ADMIN.value).with_for_update()).scalars().all()
    if list(admins) == [leaving.id]:
        raise Refused(
            f"{leaving.name} is the last administrator; make somebody else one first.", code="last-administrator"
        )


def set_secret(tx: Tx, user: UserId, secret: str | None, code_hashes: list[str]) -> None:
    """Ask for a second factor from now on (its secret, sealed), or (none) no longer; with new recovery codes."""
    tx.execute(update(table).where(table.c.id == user).values(totp_secret=secret, totp_step=None))
    set_recovery(tx, user, code_hashes)


def set_recovery(tx: Tx, user: UserId, code_hashes: list[str]) -> None:
    """New recovery codes, as hashes; those before are dead."""
    tx.execute(delete(recovery_code).where(recovery_code.c.user_id == user))
    if code_hashes:
        tx.execute(insert(recovery_code), [{"user_id": user, "code_hash": one} for one in code_hashes])


def keep_secret(tx: Tx, user: UserId, secret: str) -> None:
    """The same secret under another key: codes that were used stay used."""
    tx.execute(update(table).where(table.c.id == user, table.c.totp_secret.is_not(None)).values(totp_secret=secret))


@dataclass(frozen=True)
class Kept:
    """The secret of somebody's second factor, as it is kept."""

    user: UserId
    secret: str


def secrets(tx: Tx, most: int) -> list[Kept]:
    """All of them."""
    query = select(table.c.id, table.c.totp_secret).where(table.c.totp_secret.is_not(None)).order_by(table.c.id)
    return [Kept(UserId(row.id), row.totp_secret) for row in tx.execute(query.limit(most))]


def seal_again(tx: Tx, before: Kept, secret: str) -> bool:
    """The same secret, sealed; false where it is another one by now."""
    same = update(table).where(table.c.id == before.user, table.c.totp_secret == before.secret)
    return tx.execute(same.values(totp_secret=secret)).rowcount == 1


def secret_of(tx: Tx, user: UserId) -> str | None:
    """The secret of somebody's second factor, as it is kept: sealed, or plain where it is from long ago."""
    secret: str | None = tx.execute(select(table.c.totp_secret).where(table.c.id == user)).scalar()
    return secret


def use_step(tx: Tx, user: UserId, step: int) -> bool:
    """Use the code of a time step; false where it, or a later one, was used before (RFC 6238, 5.2)."""
    unused = or_(table.c.totp_step.is_(None), table.c.totp_step < step)
    return tx.execute(update(table).where(table.c.id == user, unused).values(totp_step=step)).rowcount == 1


def use_recovery(tx: Tx, user: UserId, code_hash: str) -> bool:
    """Use a recovery code, once."""
    query = delete(recovery_code).where(recovery_code.c.user_id == user, recovery_code.c.code_hash == code_hash)
    return tx.execute(query).rowcount == 1


def recovery_left(tx: Tx, user: UserId) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).select_from(recovery_code).where(recovery_code.c.user_id == user)
    return int(tx.execute(query).scalar_one())
