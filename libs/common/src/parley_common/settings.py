"""Settings shared by every service: environment variables, an optional `.env`, and `<NAME>_FILE` for secrets.

Every setting is documented once, in `.env.example`; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict


class FileSecrets(EnvSettingsSource):
    """Reads `OPENAI_API_KEY` from the file named by `OPENAI_API_KEY_FILE`, as container platforms mount secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path, key, is_complex = super().get_field_value(field, field_name)
        for _, name, _ in self._extract_field_info(field, field_name):
            if path := self.env_vars.get(f"{name}_file" if not self.case_sensitive else f"{name}_FILE"):
                return Path(path).read_text().strip(), key, is_complex
        return None, key, is_complex


class Settings(BaseSettings):
    """What every process needs to know; the defaults run Parley embedded, in one process, with no server."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    data: Path = Field(Path("data"), alias="PARLEY_DATA")
    amqp_url: SecretStr = Field(SecretStr("memory://"), alias="AMQP_URL")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    pool_size: int = Field(10, alias="PARLEY_DATABASE_POOL")
    redis_url: SecretStr = Field(SecretStr("memory://"), alias="REDIS_URL")
    publish_timeout: float = Field(5.0, alias="PARLEY_PUBLISH_TIMEOUT")
    outbox_sweep: float = Field(1.0, alias="PARLEY_OUTBOX_SWEEP")
    outbox_hand_over: float = Field(5.0, alias="PARLEY_OUTBOX_HAND_OVER", gt=0)
    outbox_remove: float = Field(0.1, alias="PARLEY_OUTBOX_REMOVE", ge=0)
    log_level: str = Field("INFO", alias="PARLEY_LOG_LEVEL")
    otlp_endpoint: str | None = Field(None, alias="OTEL_EXPORTER_OTLP_ENDPOINT")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSecrets(settings_cls), dotenv_settings
