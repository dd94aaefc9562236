"""Pure rules of research: no framework, no database, no network."""
