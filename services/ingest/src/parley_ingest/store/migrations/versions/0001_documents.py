"""Documents, their versions and chunks, and embeddings by the text they are of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ingest_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("active", sa.Integer),
        sa.Column("forgotten_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "version",
        sa.Column("document", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("embedder", sa.String(255), nullable=False),
        sa.Column("dimensions", sa.Integer, nullable=False),
        sa.Column("indexed", sa.Boolean, nullable=False),
    )
    op.create_index("version_job", "version", ["job"])
    op.create_table(
        "chunk",
        sa.Column("document", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("page_from", sa.Integer),
        sa.Column("page_to", sa.Integer),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("embedded", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("chunk_hash", "chunk", ["owner", "hash"])
    op.create_table(
        "embedding",
        sa.Column("owner", sa.String(255), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("embedder", sa.String(255), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
