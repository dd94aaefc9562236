"""Turns of conversations, and which conversations were forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "chat_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("job", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("conversation", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("turn_conversation", "turn", ["conversation", "number"], unique=True)
    op.create_table(
        "forgotten",
        sa.Column("conversation", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for name in ("forgotten", "turn"):
        op.drop_table(name)
