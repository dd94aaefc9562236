"""Which model, where, at what price; neither key nor address means offline mode."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from parley_common.settings import Settings


def _fit_for_a_header(key: SecretStr) -> SecretStr:
    value = key.get_secret_value().strip()
    if not (value.isascii() and value.isprintable()):
        raise ValueError("the key must be one line of plain ASCII")
    return SecretStr(value)


class ModelSettings(Settings):
    """`OPENAI_BASE_URL` alone is enough for a local endpoint; an empty variable counts as unset.

    Times are in seconds: `timeout` bounds a whole call, `idle_timeout` the silence before and within a stream.
    Prices are US dollars per million tokens; without both, cost is unknown.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    api_key: Annotated[SecretStr, AfterValidator(_fit_for_a_header)] | None = Field(None, alias="OPENAI_API_KEY")
    base_url: HttpUrl | None = Field(None, alias="OPENAI_BASE_URL")
    model: str = Field("gpt-5.4-mini", alias="PARLEY_MODEL", min_length=1)
    timeout: float = Field(120.0, alias="PARLEY_MODEL_TIMEOUT", gt=0)
    idle_timeout: float = Field(60.0, alias="PARLEY_MODEL_IDLE_TIMEOUT", gt=0)
    max_output_tokens: int | None = Field(None, alias="PARLEY_MAX_OUTPUT_TOKENS", ge=1)
    temperature: float | None = Field(None, alias="PARLEY_TEMPERATURE", ge=0, le=2)
    price_in: float | None = Field(None, alias="PARLEY_PRICE_IN", ge=0)
    price_out: float | None = Field(None, alias="PARLEY_PRICE_OUT", ge=0)

    @property
    def enabled(self) -> bool:
        """Whether a model is configured; if not, services build their offline engine."""
        return self.api_key is not None or self.base_url is not None
