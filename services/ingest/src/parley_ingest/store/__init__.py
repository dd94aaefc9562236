"""What ingestion remembers of documents: their versions, their chunks, and embeddings that were paid for."""
