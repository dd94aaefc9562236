"""Settings of webhooks and e-mail; what is not configured is refused when a job asks for it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from standardwebhooks.webhooks import Webhook

from parley_common.settings import Settings


class SmtpServer(NamedTuple):
    """Where mail is handed over; `tls` means TLS from the first byte, otherwise STARTTLS is used where offered."""

    host: str
    port: int | None
    user: str | None
    password: str | None
    tls: bool


class NotifySettings(Settings):
    """`backoff` seconds after a failure comes the second attempt; each further one waits three times as long."""

    webhook_secret: SecretStr | None = Field(None, alias="PARLEY_WEBHOOK_SECRET")
    webhook_allow_private: bool = Field(False, alias="PARLEY_WEBHOOK_ALLOW_PRIVATE")
    webhook_timeout: float = Field(10.0, alias="PARLEY_WEBHOOK_TIMEOUT", gt=0, le=30)
    attempts: int = Field(10, alias="PARLEY_NOTIFY_ATTEMPTS", ge=1)
    backoff: float = Field(5.0, alias="PARLEY_NOTIFY_BACKOFF", gt=0)
    poll: float = Field(1.0, alias="PARLEY_NOTIFY_POLL", gt=0)
    public_url: str | None = Field(None, alias="PARLEY_PUBLIC_URL")

    smtp_url: SecretStr | None = Field(None, alias="SMTP_URL")
    smtp_host: str | None = Field(None, alias="SMTP_HOST")
    smtp_port: int | None = Field(None, alias="SMTP_PORT")
    smtp_user: str | None = Field(None, alias="SMTP_USER")
    smtp_password: SecretStr | None = Field(None, alias="SMTP_PASSWORD")
    smtp_tls: bool = Field(False, alias="SMTP_TLS")
    smtp_from: str = Field("parley@localhost", alias="SMTP_FROM")

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_signing_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            Webhook(secret.get_secret_value())
        return secret

    def smtp(self) -> SmtpServer | None:
        """The server to send mail through, if there is one."""
        if self.smtp_url:
            return _parse(self.smtp_url.get_secret_value())
        if self.smtp_host:
            password = self.smtp_password.get_secret_value() if self.smtp_password else None
            return SmtpServer(self.smtp_host, self.smtp_port, self.smtp_user, password, self.smtp_tls)
        return None


def _parse(url: str) -> SmtpServer:
    parts = urlsplit(url)
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return SmtpServer(parts.hostname or "localhost", parts.port, user, password, parts.scheme == "smtps")
