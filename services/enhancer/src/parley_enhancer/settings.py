"""What the enhancer can be told from outside."""

from __future__ import annotations

from pydantic import Field, HttpUrl
from pydantic_settings import SettingsConfigDict

from parley_common.llm.settings import ModelSettings
from parley_common.runtime.settings import RuntimeSettings


class EnhancerSettings(RuntimeSettings, ModelSettings):
    """Besides the runtime's and the model's settings: where to search. `search_timeout` is in seconds, per query."""

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    searxng_url: HttpUrl | None = Field(None, alias="SEARXNG_URL")
    search_timeout: float = Field(10.0, alias="PARLEY_SEARCH_TIMEOUT", gt=0)
