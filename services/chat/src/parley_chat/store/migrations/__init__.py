"""Alembic migrations of the chat service's own tables, beside the runtime's."""
