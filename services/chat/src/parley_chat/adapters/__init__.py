"""Ways to the world: a chat model, the offline engine, the index, and SQL."""
