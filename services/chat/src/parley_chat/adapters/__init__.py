"""Ways to the world: a chat model, the offline engine, and the index."""
