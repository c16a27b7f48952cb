"""What comes back with a block that an undo brings back, and who made a link that opens a door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Only new tables and new columns: SQLite would rebuild a table for more, and with it lose what refers to it."""
    op.create_table(
        "gone_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_gone_waiver_issue_id_issue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gone_waiver")),
    )
    op.create_index(op.f("ix_gone_waiver_block_id"), "gone_waiver", ["block_id"], unique=False)
    op.create_index(op.f("ix_gone_waiver_issue_id"), "gone_waiver", ["issue_id"], unique=False)
    op.add_column("invitation", sa.Column("inviter_id", sa.Integer(), nullable=True))
