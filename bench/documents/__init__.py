"""Documents: how fast they are read, embedded, searched and talked about."""
