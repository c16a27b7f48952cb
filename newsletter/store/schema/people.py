"""The people at the desk: their doors, their tokens, and what they did."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from newsletter.store.schema.columns import Json, Utc, metadata, row_id

user = Table(
    "desk_user",
    metadata,
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),  # argon2
    Column("role", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("zone", Text),  # none: the publication's
    Column("language", String(16)),  # none: what the browser asks for
    Column("totp_secret", Text),  # sealed (model/sealed.py), or plain base32; none: a password is enough
    Column("totp_step", Integer),  # the last time step whose code was used: none opens twice
)

session = Table(
    "desk_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("seen_at", Utc),
    Column("address", Text),
    Column("agent", Text),
    Column("publication_id", Integer),  # which newsletter it works on; none: the one that is served
)

# What opens one door once: the link of the first start, an invitation, a new password for somebody who is locked out.
invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("invited_by", Text),  # a name; none: the first start
    Column("email", Text),
    Column("user_id", Integer),  # for somebody who is there already
    Column("inviter_id", Integer),  # who made it at the desk; none: the machine's own command line
)

# Between the password and the code of the second factor.
half_session = Table(
    "half_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

# Failed sign-ins of the last minutes, by address and by name.
failed_attempt = Table(
    "failed_attempt",
    metadata,
    row_id(),
    Column("key", Text, nullable=False, index=True),
    Column("at", Utc, nullable=False, index=True),
)

api_token = Table(
    "api_token",
    metadata,
    row_id(),
    Column("token_hash", String(64), nullable=False),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("used_at", Utc),
    UniqueConstraint("token_hash"),
)

# The answer that a request with this Idempotency-Key got: asked again, it gets the same, and nothing is done twice.
api_answer = Table(
    "api_answer",
    metadata,
    Column("token_id", ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),  # none: under way
    Column("body", Text),
    Column("at", Utc, nullable=False, index=True),
)

# Who did what, when and from where. It outlives the person, so it names them.
audit = Table(
    "audit",
    metadata,
    row_id(),
    Column("at", Utc, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("via", String(8), nullable=False),  # desk, api or cli
    Column("deed", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("address", Text),
    Column("publication_id", Integer),
    Column("detail", Json),
    sqlite_autoincrement=True,
)
