"""Mail handed to a real SMTP server of the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest
import pytest_asyncio

from parley_common.errors import PermanentError, RetryableError
from parley_gateway.notify.mail import Mail
from parley_gateway.notify.settings import NotifySettings, SmtpServer

JOB = {"id": str(uuid4()), "kind": "enhance", "status": "completed", "error": None}


@dataclass
class Mailbox:
    """A small SMTP server; answers `refusal` to a recipient if it has one."""

    port: int = 0
    refusal: str | None = None
    recipients: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "220 mailbox")
        while line := (await reader.readline()).decode().strip():
            match line.split()[0].upper():
                case "DATA":
                    await self._say(writer, "354 go on")
                    text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                    parsed = message_from_string(text.removesuffix("\r\n.\r\n"), policy=policy.default)
                    self.messages.append(parsed)
                    await self._say(writer, "250 taken")
                case "RCPT":
                    self.recipients.append(line)
                    await self._say(writer, self.refusal or "250 ok")
                case "QUIT":
                    await self._say(writer, "221 bye")
                    break
                case _:
                    await self._say(writer, "250 ok")
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


@pytest_asyncio.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.start_server(box.converse, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


def mail(port: int) -> Mail:
    server = SmtpServer("127.0.0.1", port, None, None, tls=False)
    return Mail(server, sender="parley@gateway.test", public_url="https://parley.example/")


async def test_owner_reads_what_became_of_the_job(mailbox: Mailbox) -> None:
    await mail(mailbox.port).send("ada@example.org", uuid4(), {"type": "job.completed", "data": JOB})
    [message] = mailbox.messages
    assert (message["To"], message["From"]) == ("ada@example.org", "parley@gateway.test")
    assert message["Subject"] == "Your enhance job is done"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"https://parley.example/v1/jobs/{JOB['id']}" in message.get_content()


async def test_failed_job_says_its_cause(mailbox: Mailbox) -> None:
    failed = JOB | {"status": "failed", "error": {"detail": "The model answered 500.\r\n.\r\nRCPT TO:<eve@evil.test>"}}
    await mail(mailbox.port).send("ada@example.org", uuid4(), {"type": "job.failed", "data": failed})
    assert "The model answered 500." in mailbox.messages[0].get_content()
    assert len(mailbox.recipients) == 1


async def test_line_breaks_never_reach_a_header(mailbox: Mailbox) -> None:
    address = "ada@example.org\r\nBcc: eve@evil.test"
    with pytest.raises(PermanentError):
        await mail(mailbox.port).send(address, uuid4(), {"type": "job.completed", "data": JOB})
    assert mailbox.messages == []


async def test_mail_server_says_whether_to_try_again(mailbox: Mailbox) -> None:
    mailbox.refusal = "550 no such user"
    with pytest.raises(PermanentError):
        await mail(mailbox.port).send("nobody@example.org", uuid4(), {"type": "job.completed", "data": JOB})
    mailbox.refusal = "451 greylisted"
    with pytest.raises(RetryableError):
        await mail(mailbox.port).send("ada@example.org", uuid4(), {"type": "job.completed", "data": JOB})


async def test_no_mail_server_is_worth_another_try() -> None:
    with pytest.raises(RetryableError):
        await mail(1).send("ada@example.org", uuid4(), {"type": "job.completed", "data": JOB})


def test_server_is_named_by_url_or_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_HOST", "mail.example")
    monkeypatch.setenv("SMTP_PORT", "2525")
    assert NotifySettings().smtp() == SmtpServer("mail.example", 2525, None, None, tls=False)
    monkeypatch.setenv("SMTP_URL", "smtps://ada:p%40ss@mail.example:465")
    assert NotifySettings().smtp() == SmtpServer("mail.example", 465, "ada", "p@ss", tls=True)
