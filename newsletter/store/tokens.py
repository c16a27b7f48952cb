"""Tokens of the API, by the hash of their secret, and the answers that a repeated request gets again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from newsletter.errors import NotFound
from newsletter.model.token import Scope, Token
from newsletter.model.user import UserId
from newsletter.store.engine import Tx
from newsletter.store.schema import api_answer, user
from newsletter.store.schema import api_token as table
from newsletter.store.upsert import upsert_into
from newsletter.store.users import user_of


def _tokens() -> Any:
    columns = [table.c[name].label(f"token_{name}") for name in ("id", "name", "created_at")]
    return select(user, *columns, table.c.scope, table.c.expires_at, table.c.used_at).join(
        table, table.c.user_id == user.c.id
    )


def _token(row: Any) -> Token:
    return Token(
        id=row.token_id,
        user=user_of(row),
        name=row.token_name,
        scope=Scope(row.scope),
        created_at=row.token_created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def add(tx: Tx, person: UserId, key: str, *, name: str, scope: Scope, now: datetime, expires: datetime | None) -> int:
    """A new token by the hash of its secret; its number."""
    values = {"token_hash": key, "user_id": person, "name": name, "scope": scope.value, "created_at": now}
    made = tx.execute(insert(table).values(**values, expires_at=expires)).inserted_primary_key
    assert made is not None
    return int(made[0])


def find(tx: Tx, key: str, now: datetime) -> Token | None:
    """The token of a secret's hash, while it lasts."""
    lasts = or_(table.c.expires_at.is_(None), table.c.expires_at > now)
    row = tx.execute(_tokens().where(table.c.token_hash == key, lasts)).first()
    return None if row is None else _token(row)


def of_user(tx: Tx, person: UserId) -> list[Token]:
    """Somebody's tokens, the latest first, also those that are over."""
    return [_token(row) for row in tx.execute(_tokens().where(user.c.id == person).order_by(table.c.id.desc()))]


def counts(tx: Tx, now: datetime) -> dict[UserId, int]:
    """How many tokens each has that still last; nobody without one."""
    lasts = or_(table.c.expires_at.is_(None), table.c.expires_at > now)
    query = select(table.c.user_id, func.count().label("n")).where(lasts).group_by(table.c.user_id)
    return {UserId(row.user_id): row.n for row in tx.execute(query)}


def remove_all(tx: Tx, person: UserId) -> int:
    """Kill all tokens of somebody; how many there were."""
    return tx.execute(delete(table).where(table.c.user_id == person)).rowcount


def used(tx: Tx, token: int, now: datetime) -> None:
    """It was used."""
    tx.execute(update(table).where(table.c.id == token).values(used_at=now))


def remove(tx: Tx, person: UserId, token: int) -> Token:
    """Kill somebody's token. Raises NotFound."""
    found = next((one for one in of_user(tx, person) if one.id == token), None)
    if found is None:
        raise NotFound("There is no such token.")
    tx.execute(delete(table).where(table.c.id == token))
    return found


@dataclass(frozen=True)
class Answer:
    """What a request with an Idempotency-Key was, and what it got; status none: it is still under way.

    Body none where there is a status: it held a secret.
    """

    request_hash: str
    status: int | None
    body: str | None


def begin(tx: Tx, token: int, key: str, request_hash: str, *, now: datetime, forget_before: datetime) -> Answer | None:
    """Take an Idempotency-Key; none where it is fresh, else what it was taken for."""
    tx.execute(delete(api_answer).where(api_answer.c.at < forget_before))
    # Two at once (PostgreSQL): the second waits for the first, and finds its row.
    fresh = upsert_into(tx, api_answer).values(token_id=token, key=key, request_hash=request_hash, at=now)
    if tx.execute(fresh.on_conflict_do_nothing().returning(api_answer.c.key)).first() is not None:
        return None
    row = tx.execute(select(api_answer).where(api_answer.c.token_id == token, api_answer.c.key == key)).one()
    return Answer(row.request_hash, row.status, row.body)


def forget_answers(tx: Tx, *, before: datetime, holding: str) -> None:
    """Keep no answer from before a moment, and none with this text in it."""
    tx.execute(delete(api_answer).where(or_(api_answer.c.at < before, api_answer.c.body.contains(holding))))


def finish(tx: Tx, token: int, key: str, *, status: int, body: str | None) -> None:
    """What a request got, for when it is asked again; body none: it is not to be kept."""
    query = update(api_answer).where(api_answer.c.token_id == token, api_answer.c.key == key)
    tx.execute(query.values(status=status, body=body))


def give_up(tx: Tx, token: int, key: str) -> None:
    """Nothing was done: it may be tried again."""
    tx.execute(delete(api_answer).where(api_answer.c.token_id == token, api_answer.c.key == key))
