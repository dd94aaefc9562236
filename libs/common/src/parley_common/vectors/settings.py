"""Where vectors are kept, and how passages are weighed."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from parley_common.settings import Settings


class VectorSettings(Settings):
    """With `QDRANT_URL` a server is used; without, the same engine in this process, its files in `PARLEY_DATA`.

    The numbers of BM25 are part of what is stored: after a change documents must be ingested again. `edge_…` is for the
    engine in process, and for where it listens when it is a process of its own.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    # No type that normalises: it would drop a port that is its scheme's own, and the client then takes 6333.
    qdrant_url: str | None = Field(None, alias="QDRANT_URL", pattern=r"^https?://[^/\s]+")
    qdrant_api_key: SecretStr | None = Field(None, alias="QDRANT_API_KEY")
    qdrant_timeout: float = Field(10.0, alias="PARLEY_QDRANT_TIMEOUT", gt=0)
    qdrant_connections: int = Field(20, alias="PARLEY_QDRANT_CONNECTIONS", ge=1)
    batch: int = Field(64, alias="PARLEY_VECTOR_BATCH", ge=1)
    rrf_k: float = Field(2.0, alias="PARLEY_RRF_K", gt=0)
    words_weight: float = Field(1.5, alias="PARLEY_RRF_WORDS", gt=0)
    neighbour_share: float = Field(0.25, alias="PARLEY_NEIGHBOUR_SHARE", ge=0, le=1)
    language: str = Field("english", alias="PARLEY_BM25_LANGUAGE")
    k1: float = Field(1.2, alias="PARLEY_BM25_K1", gt=0)
    b: float = Field(0.75, alias="PARLEY_BM25_B", ge=0, le=1)
    average_length: float = Field(256.0, alias="PARLEY_BM25_AVERAGE_LENGTH", gt=0)
    edge_host: str = Field("127.0.0.1", alias="PARLEY_EDGE_HOST")
    edge_port: int = Field(6333, alias="PARLEY_EDGE_PORT", ge=0, le=65_535)
    edge_optimize_after: int = Field(100, alias="PARLEY_EDGE_OPTIMIZE_AFTER", ge=1)
    edge_max_body: int = Field(33_554_432, alias="PARLEY_EDGE_MAX_BODY", ge=1)

    @property
    def vectors_folder(self) -> Path:
        return self.data / "vectors"
