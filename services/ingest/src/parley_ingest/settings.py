"""What ingestion can be told from outside."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from parley_common.embedding.settings import EmbeddingSettings
from parley_common.runtime.settings import RuntimeSettings
from parley_common.storage.blobs import BlobSettings
from parley_common.vectors.settings import VectorSettings
from parley_ingest.parsing.settings import ParsingSettings


class IngestSettings(RuntimeSettings, BlobSettings, ParsingSettings, EmbeddingSettings, VectorSettings):
    """Those of the runtime, of reading files, of embeddings and of the index, and how a document is cut up."""

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    # Documents keep the processors busy: with more of them at once, all that others wait for would come later.
    slots: int = Field(2, alias="PARLEY_INGEST_SLOTS", ge=1)
    batch_slots: int = Field(1, alias="PARLEY_INGEST_BATCH_SLOTS", ge=1)
    chunk_tokens: int = Field(200, alias="PARLEY_CHUNK_TOKENS", ge=16)
    embed_chunks: int = Field(64, alias="PARLEY_INGEST_EMBED", ge=1)
    store_chunks: int = Field(512, alias="PARLEY_INGEST_STORE", ge=1)
    left_over_sweep: float = Field(30.0, alias="PARLEY_INGEST_SWEEP", gt=0)
