"""The gateway's read model: jobs as clients see them, their event log, their questions, and the outbox."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, Uuid

from parley_common.storage.columns import Json, Utc
from parley_common.storage.outbox import outbox_table

metadata = MetaData()

job = Table(
    "job",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    # What the job is about, if it is about something that has an id: a dataset, a document, a conversation.
    Column("subject", Uuid()),
    Column("status", String(16), nullable=False),
    Column("progress", Float, nullable=False),
    Column("stage", Text),
    Column("input", Json()),
    Column("options", Json(), nullable=False),
    Column("result", Json()),
    Column("partial", Json()),
    Column("error", Json()),
    Column("usage", Json(), nullable=False),
    Column("mode", String(16)),
    Column("model", String(255)),
    Column("question", Json()),
    Column("epoch", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Utc(), nullable=False),
    Column("started_at", Utc()),
    Column("completed_at", Utc()),
    Column("cancel_requested_at", Utc()),
    # When to send the start or cancel command again, should nothing have come of it by then.
    Column("resend_at", Utc()),
    Column("resends", Integer, nullable=False),
    Column("trace", Json(), nullable=False),
    Index("job_owner", "owner", "id"),
    Index("job_subject", "subject", "id"),
    Index("job_resend_at", "resend_at"),
)

event = Table(
    "event",
    metadata,
    Column("job", Uuid(), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

question = Table(
    "question",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("job", Uuid(), nullable=False),
    Column("schema", Json(), nullable=False),
    Column("expires_at", Utc(), nullable=False),
    Column("status", String(16), nullable=False),
    Column("answer_id", String(128)),
    Column("value", Json()),
    Column("declined", Boolean, nullable=False),
    Column("answered_at", Utc()),
    # When to send the answer again, should the worker not have taken it by then.
    Column("resend_at", Utc()),
    Column("resends", Integer, nullable=False),
    Index("question_job", "job"),
    Index("question_resend_at", "resend_at"),
)

dataset = Table(
    "dataset",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("upload", String(255), nullable=False),
    # The job that loads it: what became of that is what became of the dataset.
    Column("job", Uuid(), nullable=False),
    Column("created_at", Utc(), nullable=False),
    # Files are removed after the row has stopped to exist for its owner.
    Column("deleted_at", Utc()),
    Index("dataset_owner", "owner", "id"),
    Index("dataset_deleted_at", "deleted_at"),
)

document = Table(
    "document",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("size", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("upload", String(255), nullable=False),
    Column("version", Integer, nullable=False),
    # The job that ingests this version: what became of that is what became of the document. Of a deleted document, the
    # job that removes it.
    Column("job", Uuid(), nullable=False),
    # The job that ingested the version which is searched until this one is ready.
    Column("previous", Uuid()),
    Column("created_at", Utc(), nullable=False),
    # The row goes when everything else of the document is gone.
    Column("deleted_at", Utc()),
    Index("document_owner", "owner", "id"),
    Index("document_deleted_at", "deleted_at"),
)
Index(
    "document_content",
    document.c.owner,
    document.c.hash,
    unique=True,
    sqlite_where=document.c.deleted_at.is_(None),
    postgresql_where=document.c.deleted_at.is_(None),
)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", Uuid()),
    Column("cron", String(255), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("work", Json(), nullable=False),
    Column("options", Json(), nullable=False),
    Column("next_at", Utc()),
    Column("last_job", Uuid()),
    Column("problem", Json()),
    Column("created_at", Utc(), nullable=False),
    Index("schedule_owner", "owner", "id"),
    Index("schedule_next_at", "next_at"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("title", String(255), nullable=False),
    Column("created_at", Utc(), nullable=False),
    Column("updated_at", Utc(), nullable=False),
    # What was said is removed after the row has stopped to exist for its owner.
    Column("deleted_at", Utc()),
    Index("conversation_owner", "owner", "id"),
    Index("conversation_deleted_at", "deleted_at"),
)

outbox = outbox_table(metadata)
