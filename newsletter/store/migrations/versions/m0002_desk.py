"""What the desk, the mailboxes, images, digests and backups added to the foundation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Only new tables and new columns: SQLite would rebuild a table for more, and with it lose what refers to it."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("issue", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", "round", name=op.f("uq_alert_key_round")),
    )
    op.create_index("ix_alert_next", "alert", ["next_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "failed_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_attempt")),
    )
    op.create_index(op.f("ix_failed_attempt_at"), "failed_attempt", ["at"], unique=False)
    op.create_index(op.f("ix_failed_attempt_key"), "failed_attempt", ["key"], unique=False)
    op.create_table(
        "gone_block",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gone_block")),
    )
    op.create_table(
        "look",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("local", sa.String(length=40), nullable=False),
        sa.Column("ahead", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", "local", "ahead", name=op.f("pk_look")),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["desk_user.id"], name=op.f("fk_api_token_user_id_desk_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_asset_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("name", name=op.f("uq_asset_name")),
    )
    op.create_index(op.f("ix_asset_publication_id"), "asset", ["publication_id"], unique=False)
    op.create_table(
        "digest",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("choose", sa.String(length=16), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("then", sa.String(length=16), nullable=False),
        sa.Column("waits_why", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_digest_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_digest")),
    )
    op.create_table(
        "half_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["desk_user.id"], name=op.f("fk_half_session_user_id_desk_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_half_session")),
    )
    op.create_index(op.f("ix_half_session_expires_at"), "half_session", ["expires_at"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("moves", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_holiday_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("publication_id", "day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "queue_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_queue_filter_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["desk_user.id"], name=op.f("fk_queue_filter_user_id_desk_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_filter")),
        sa.UniqueConstraint(
            "publication_id", "user_id", "name", name=op.f("uq_queue_filter_publication_id_user_id_name")
        ),
    )
    op.create_index(op.f("ix_queue_filter_user_id"), "queue_filter", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["desk_user.id"], name=op.f("fk_recovery_code_user_id_desk_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "theme_look",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=100), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_theme_look_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("publication_id", "theme", name=op.f("pk_theme_look")),
    )
    op.create_table(
        "triage_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("issue_number", sa.Integer(), nullable=True),
        sa.Column("stories", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_triage_step_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_step")),
    )
    op.create_index("ix_triage_step_publication_at", "triage_step", ["publication_id", "at"], unique=False)
    op.create_table(
        "api_answer",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_answer_token_id_api_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_api_answer")),
    )
    op.create_index(op.f("ix_api_answer_at"), "api_answer", ["at"], unique=False)
    op.create_table(
        "countdown",
        sa.Column("issue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_countdown_issue_id_issue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_countdown")),
    )
    op.create_table(
        "digest_run",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("local", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_digest_run_issue_id_issue"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_digest_run_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("publication_id", "local", name=op.f("pk_digest_run")),
    )
    op.create_table(
        "event_alias",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_alias_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_event_alias")),
    )
    op.create_index(op.f("ix_event_alias_event_id"), "event_alias", ["event_id"], unique=False)
    op.create_table(
        "named_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_named_version_issue_id_issue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_version")),
    )
    op.create_index(op.f("ix_named_version_issue_id"), "named_version", ["issue_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_presence_issue_id_issue"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["desk_user.id"], name=op.f("fk_presence_user_id_desk_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue_id", "user_id", "block_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_at"), "presence", ["at"], unique=False)
    op.create_table(
        "triage_change",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_triage_change_item_id_item")),
        sa.ForeignKeyConstraint(
            ["step_id"], ["triage_step.id"], name=op.f("fk_triage_change_step_id_triage_step"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("step_id", "item_id", name=op.f("pk_triage_change")),
    )
    op.create_index(op.f("ix_triage_change_item_id"), "triage_change", ["item_id"], unique=False)
    op.create_table(
        "kept_version",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["block.id"], name=op.f("fk_kept_version_block_id_block"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_kept_version_item_id_item")),
        sa.PrimaryKeyConstraint("block_id", "item_id", name=op.f("pk_kept_version")),
    )
    op.add_column("block", sa.Column("asset", sa.String(length=64), nullable=True))
    op.add_column("block", sa.Column("alt", sa.Text(), nullable=True))
    op.add_column("block", sa.Column("tags", sa.Text(), nullable=True))
    op.add_column("desk_session", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("desk_session", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("desk_session", sa.Column("agent", sa.Text(), nullable=True))
    op.add_column("desk_session", sa.Column("publication_id", sa.Integer(), nullable=True))
    op.add_column("desk_user", sa.Column("zone", sa.Text(), nullable=True))
    op.add_column("desk_user", sa.Column("language", sa.String(length=16), nullable=True))
    op.add_column("desk_user", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("desk_user", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("excepted", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("as_worded", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("invitation", sa.Column("invited_by", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("user_id", sa.Integer(), nullable=True))
    op.add_column("issue", sa.Column("corrected_id", sa.Integer(), nullable=True))
    op.add_column("issue", sa.Column("corrects_id", sa.Integer(), nullable=True))
    op.add_column("item", sa.Column("published", sa.DateTime(timezone=True), nullable=True))
    op.add_column("item", sa.Column("language", sa.String(length=35), nullable=True))
    op.add_column("revision", sa.Column("letter", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("after", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("state", sa.String(length=8), server_default="done", nullable=False))
    op.add_column("section", sa.Column("most", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("rest", sa.Integer(), nullable=True))
    op.add_column("triage", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("triage", sa.Column("until", sa.Integer(), nullable=True))
    create_search(op.get_bind())


def create_search(connection: sa.Connection) -> None:
    """The words of the items; what they are of what was collected before is found when the store is opened."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS item_search USING fts5("
            "words, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
    else:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS item_search (key BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_item_search_words ON item_search USING gin (words)")
