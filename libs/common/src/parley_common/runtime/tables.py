"""The runtime's tables, the same in every worker service's database."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, Uuid

from parley_common.storage.columns import Json, Utc
from parley_common.storage.outbox import outbox_table

metadata = MetaData()

job = Table(
    "job",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("owner", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Utc()),
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("wake_at", Utc()),
    Column("input", Json()),
    Column("budget", Json()),
    Column("trace", Json()),
    Column("progress", Float, nullable=False),
    Column("ran_seconds", Float, nullable=False),
    Column("usage", Json(), nullable=False),
    Column("partial", Json()),
    Column("result", Json()),
    Column("problem", Json()),
    Column("created_at", Utc(), nullable=False),
    Column("ended_at", Utc()),
    # What the sweeper looks for: leases that ran out, and waiting or ready jobs whose time has come.
    Index("job_lease_until", "lease_until"),
    Index("job_wake_at", "wake_at"),
)

step = Table(
    "step",
    metadata,
    Column("job", Uuid(), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("output", Text),
    Column("problem", Json()),
    Column("retryable", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("usage", Json(), nullable=False),
)

question = Table(
    "question",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("job", Uuid(), nullable=False),
    Column("key", String(255), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("default", Json()),
    Column("expires_at", Utc(), nullable=False),
    Column("outcome", String(16)),
    Column("answer_id", String(64)),
    Column("value", Json()),
    Index("question_job", "job"),
)

outbox = outbox_table(metadata)
