"""Summaries of older turns, answers that were stopped, and which jobs answer in a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "chat_0002"
down_revision = "chat_0001"


def upgrade() -> None:
    op.add_column("turn", sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "summary",
        sa.Column("conversation", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("upto", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "begun",
        sa.Column("job", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("conversation", sa.Uuid(), nullable=False),
    )
    op.create_index("begun_conversation", "begun", ["conversation"])


def downgrade() -> None:
    for name in ("begun", "summary"):
        op.drop_table(name)
    op.drop_column("turn", "stopped")
