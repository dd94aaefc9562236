"""Documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("upload", sa.String(255), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("previous", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
    )
    op.create_index("document_owner", "document", ["owner", "id"])
    op.create_index("document_deleted_at", "document", ["deleted_at"])
    there = sa.text("deleted_at IS NULL")
    op.create_index(
        "document_content",
        "document",
        ["owner", "hash"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )
