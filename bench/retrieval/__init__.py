"""How much of what answers a question is among the passages that a search returns, and how fast."""
