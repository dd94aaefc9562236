"""Chat's own tables, beside those of the job runtime in the same database."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, Uuid, false

from parley_common.storage.columns import Utc

metadata = MetaData()

turn = Table(
    "turn",
    metadata,
    Column("job", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("conversation", Uuid(), nullable=False),
    # Two questions at once may be answered in another order than they were asked in: this is that of the answers.
    Column("number", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    # The answer was stopped: it is what there was of it.
    Column("stopped", Boolean, nullable=False, server_default=false()),
    Column("created_at", Utc(), nullable=False),
    Index("turn_conversation", "conversation", "number", unique=True),
)

summary = Table(
    "summary",
    metadata,
    Column("conversation", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    # All turns up to the one of this job are in it.
    Column("upto", Uuid(), nullable=False),
    Column("text", Text, nullable=False),
)

# Jobs that answer in a conversation, until somebody has seen how they ended: one that was stopped left its answer with
# the runtime, and one that outlived its conversation a journal.
begun = Table(
    "begun",
    metadata,
    Column("job", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("conversation", Uuid(), nullable=False),
    Index("begun_conversation", "conversation"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("conversation", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("forgotten_at", Utc(), nullable=False),
)
