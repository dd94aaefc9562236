"""What chat can be told from outside."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from parley_common.embedding.settings import EmbeddingSettings
from parley_common.runtime.settings import RuntimeSettings
from parley_common.settings import Settings
from parley_common.vectors.settings import VectorSettings


class ChatLimits(Settings):
    """Tokens unless said otherwise; shares and gates are between 0 and 1, a gate is a cosine."""

    context: int = Field(16_000, alias="PARLEY_CHAT_CONTEXT", ge=2_000)
    output: int = Field(1_500, alias="PARLEY_CHAT_OUTPUT", ge=100)
    instructions: int = Field(1_000, alias="PARLEY_CHAT_INSTRUCTIONS", ge=0)
    budget: int = Field(5_000, alias="PARLEY_CHAT_BUDGET", ge=100)
    document_share: float = Field(0.7, alias="PARLEY_CHAT_DOCUMENT_SHARE", ge=0, le=1)
    document_gate: float = Field(0.25, alias="PARLEY_CHAT_DOCUMENT_GATE", ge=-1, le=1)
    chat_gate: float = Field(0.35, alias="PARLEY_CHAT_HISTORY_GATE", ge=-1, le=1)
    window_messages: int = Field(10, alias="PARLEY_CHAT_WINDOW_MESSAGES", ge=0)
    window_share: float = Field(0.25, alias="PARLEY_CHAT_WINDOW_SHARE", ge=0, le=1)
    summary: int = Field(600, alias="PARLEY_CHAT_SUMMARY", ge=50)
    summary_turns: int = Field(1, alias="PARLEY_CHAT_SUMMARY_TURNS", ge=1)
    remembered: int = Field(25, alias="PARLEY_CHAT_TURNS_READ", ge=0)
    search_limit: int = Field(50, alias="PARLEY_CHAT_SEARCH_LIMIT", ge=1)


class ChatSettings(RuntimeSettings, EmbeddingSettings, VectorSettings, ChatLimits):
    """Those of the runtime, the model, the embedder and the index, and how a context is divided.

    `settle_every` is in seconds.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    settle_every: float = Field(10.0, alias="PARLEY_CHAT_SETTLE", gt=0)
