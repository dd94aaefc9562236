"""E-mail about a job that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from uuid import UUID

import aiosmtplib

from parley_common.errors import PermanentError, RetryableError
from parley_gateway.notify.settings import SmtpServer

_ENDS = {"job.completed": "is done", "job.failed": "has failed", "job.cancelled": "was cancelled"}
TIMEOUT = 30.0


class Mail:
    """Hands mail to one SMTP server."""

    def __init__(self, server: SmtpServer, *, sender: str, public_url: str | None) -> None:
        self._server = server
        self._sender = sender
        self._public_url = public_url

    async def send(self, address: str, identity: UUID, body: Mapping[str, Any]) -> None:
        """Raises `RetryableError` or `PermanentError` unless the server takes it."""
        try:
            await aiosmtplib.send(
                self._message(address, identity, body),
                hostname=self._server.host,
                port=self._server.port,
                username=self._server.user,
                password=self._server.password,
                use_tls=self._server.tls,
                timeout=TIMEOUT,
            )
        except ValueError as error:
            raise PermanentError("The address cannot be written in a mail.", code="email_invalid") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise RetryableError(f"No mail server: {type(error).__name__}.", code="email_unsent") from error

    async def close(self) -> None:
        """Nothing is kept open between two mails."""

    def _message(self, address: str, identity: UUID, body: Mapping[str, Any]) -> EmailMessage:
        """Header values come from fixed words and checked ones; `EmailMessage` refuses line breaks in them besides."""
        job = body["data"]
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = address
        message["Subject"] = f"Your {job['kind']} job {_ENDS[body['type']]}"
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(str(identity), domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(self._lines(job)))
        return message

    def _lines(self, job: Mapping[str, Any]) -> list[str]:
        lines = [f"Job:    {job['id']}", f"Kind:   {job['kind']}", f"Status: {job['status']}"]
        if job.get("error"):
            lines.append(f"Cause:  {job['error']['detail']}")
        if self._public_url:
            lines += ["", f"{self._public_url.rstrip('/')}/v1/jobs/{job['id']}"]
        return [*lines, ""]


def _refusal(code: int) -> RetryableError | PermanentError:
    """4xx is a wish to try later (RFC 5321, 4.2.1)."""
    kind = RetryableError if 400 <= code < 500 else PermanentError
    return kind(f"The mail server answered {code}.", code="email_refused")
