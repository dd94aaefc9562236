"""SQL for every service: one `Database` per service, SQLite or PostgreSQL, and the transactional outbox."""
