"""What a job is about, datasets and schedules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("subject", sa.Uuid()))
    op.create_index("job_subject", "job", ["subject", "id"])
    op.create_table(
        "dataset",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("upload", sa.String(255), nullable=False),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
    )
    op.create_index("dataset_owner", "dataset", ["owner", "id"])
    op.create_index("dataset_deleted_at", "dataset", ["deleted_at"])
    op.create_table(
        "schedule",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.Uuid()),
        sa.Column("cron", sa.String(255), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("last_job", sa.Uuid()),
        sa.Column("problem", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("schedule_owner", "schedule", ["owner", "id"])
    op.create_index("schedule_next_at", "schedule", ["next_at"])
