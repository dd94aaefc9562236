"""Passages found again by meaning and by words: each person's own, in Qdrant or in the same engine in process."""
