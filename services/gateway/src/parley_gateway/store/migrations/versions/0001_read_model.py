"""Jobs, events, questions and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("input", sa.Text),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("partial", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("usage", sa.Text, nullable=False),
        sa.Column("mode", sa.String(16)),
        sa.Column("model", sa.String(255)),
        sa.Column("question", sa.Text),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True)),
        sa.Column("resend_at", sa.DateTime(timezone=True)),
        sa.Column("resends", sa.Integer, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
    )
    op.create_index("job_owner", "job", ["owner", "id"])
    op.create_index("job_resend_at", "job", ["resend_at"])
    op.create_table(
        "event",
        sa.Column("job", sa.Uuid(), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("schema", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("answer_id", sa.String(128)),
        sa.Column("value", sa.Text),
        sa.Column("declined", sa.Boolean, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("resend_at", sa.DateTime(timezone=True)),
        sa.Column("resends", sa.Integer, nullable=False),
    )
    op.create_index("question_job", "question", ["job"])
    op.create_index("question_resend_at", "question", ["resend_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("outbox_due_at", "outbox", ["due_at"])


def downgrade() -> None:
    for name in ("outbox", "question", "event", "job"):
        op.drop_table(name)
