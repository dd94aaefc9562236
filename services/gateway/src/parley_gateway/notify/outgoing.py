"""What a job's options ask to be told: checked when the job is submitted, kept when it happens."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Any, Protocol
from uuid import UUID, uuid5

from parley_common.contracts.events import FINAL_TYPES, Event
from parley_common.contracts.jobs import Options
from parley_common.errors import Invalid
from parley_common.storage.transaction import Transaction
from parley_gateway.notify.addresses import is_allowed_host
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.store import notifications

WEBHOOK = "webhook"
EMAIL = "email"
_WEBHOOK_TYPES = FINAL_TYPES | {"question.asked"}


class Notifiable(Protocol):
    """A row of the job table, or whatever has these."""

    @property
    def id(self) -> UUID: ...
    @property
    def owner(self) -> str: ...
    @property
    def options(self) -> Any: ...


def check_options(options: Options, settings: NotifySettings) -> None:
    """Raise `Invalid` if a job asks for a notification that could never be sent."""
    if options.webhook_url is not None:
        if settings.webhook_secret is None:
            raise Invalid("Webhooks are not configured here (PARLEY_WEBHOOK_SECRET).", code="webhooks_not_configured")
        if not is_allowed_host(options.webhook_url.host or "", allow_private=settings.webhook_allow_private):
            raise Invalid("webhook_url must lead to a public address.", code="webhook_refused")
    if options.notify_email is not None:
        if settings.smtp() is None:
            raise Invalid("E-mail is not configured here (SMTP_URL).", code="email_not_configured")
        _check_email(options.notify_email)


async def enqueue(transaction: Transaction, job: Notifiable, event: Event) -> None:
    """Keep the notifications that `job` asked for about `event`, once, however often it is called.

    Webhooks hear of every end and of every question, e-mail of every end.
    """
    options = job.options or {}
    wanted = {
        WEBHOOK: options.get("webhook_url") if event.type in _WEBHOOK_TYPES else None,
        EMAIL: options.get("notify_email") if event.type in FINAL_TYPES else None,
    }
    rows = [_row(job, event, channel, target) for channel, target in wanted.items() if target]
    if rows:
        await notifications.add(transaction, rows)


def _row(job: Notifiable, event: Event, channel: str, target: str) -> dict[str, Any]:
    return {
        "id": uuid5(job.id, f"{channel}:{event.epoch}:{event.seq}:{event.type}"),
        "job": job.id,
        "owner": job.owner,
        "channel": channel,
        "target": str(target),
        "type": event.type,
        "happened_at": event.time,
    }


def _check_email(address: str) -> None:
    try:
        Address(addr_spec=address)
        address.encode("ascii")
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Invalid("notify_email is not an e-mail address.", code="email_invalid") from error
