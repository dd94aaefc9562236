"""Ingestion's own tables, beside those of the job runtime in the same database."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Uuid

from parley_common.storage.columns import Json, Utc

metadata = MetaData()

document = Table(
    "document",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", String(255), nullable=False),
    # The version that is searched.
    Column("active", Integer),
    # The row outlives what it is about: a late command must not bring a forgotten document back.
    Column("forgotten_at", Utc()),
)

version = Table(
    "version",
    metadata,
    Column("document", Uuid(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("job", Uuid(), nullable=False),
    Column("embedder", String(255), nullable=False),
    Column("dimensions", Integer, nullable=False),
    # Whether the index may hold anything of it.
    Column("indexed", Boolean, nullable=False),
    Index("version_job", "job"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("document", Uuid(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("owner", String(255), nullable=False),
    # Characters of the canonical text.
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page_from", Integer),
    Column("page_to", Integer),
    Column("heading", Json(), nullable=False),
    # What is embedded: the passage behind title and headings.
    Column("embedded", Json(), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("chunk_hash", "owner", "hash"),
)

embedding = Table(
    "embedding",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("embedder", String(255), primary_key=True),
    # Numbers of 32 bits, little-endian.
    Column("vector", LargeBinary, nullable=False),
)
