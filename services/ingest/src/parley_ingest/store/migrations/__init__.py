"""Alembic revisions of ingestion's own tables; those of the runtime are a line of their own."""
