"""Alembic revisions of the runtime's tables."""
