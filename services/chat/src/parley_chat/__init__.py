"""Answers over a person's documents and earlier turns, every sentence with its source."""
