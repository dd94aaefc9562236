"""Settings of access: who may call, and from which pages."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from parley_common.settings import Settings

LOCAL_USER = "local"


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_split)]


class AccessSettings(Settings):
    """`PARLEY_AUTH=off` knows one local user and is for loopback only; `jwt` has accounts."""

    host: str = Field("127.0.0.1", alias="HOST")
    auth: Literal["off", "jwt"] = Field("off", alias="PARLEY_AUTH")
    jwt_secret: SecretStr | None = Field(None, alias="PARLEY_JWT_SECRET")
    token_ttl: int = Field(3600, alias="PARLEY_TOKEN_TTL", ge=60)
    socket_auth_timeout: float = Field(5.0, alias="PARLEY_SOCKET_AUTH_TIMEOUT", gt=0)
    operators: Names = Field(frozenset(), alias="PARLEY_OPERATORS")
    origins: Names = Field(frozenset(), alias="PARLEY_ORIGINS")

    @model_validator(mode="after")
    def _tokens_need_a_secret(self) -> AccessSettings:
        if self.auth == "jwt" and (self.jwt_secret is None or len(self.jwt_secret.get_secret_value()) < 32):
            raise ValueError("PARLEY_AUTH=jwt needs PARLEY_JWT_SECRET with at least 32 characters")
        return self


class InsecureBinding(ValueError):
    """The gateway would have served everyone who can reach it, without asking who they are."""


def require_loopback(settings: AccessSettings) -> None:
    """Refuse to start without authentication on an address that others can reach."""
    if settings.auth == "off" and not is_loopback(settings.host):
        raise InsecureBinding(
            f"PARLEY_AUTH=off serves loopback addresses only, not HOST={settings.host}: set PARLEY_AUTH=jwt"
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
