"""Texts to vectors: one port, a small model in process and any endpoint that speaks OpenAI's embeddings.

A composition root calls `embedder.open_embedder`; `python -m parley_common.embedding` builds the model once at set-up.
"""
