"""Sends what is due, in the background; several gateways share the work, and none sends what another is sending."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import Row

from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.periodic import Periodic
from parley_common.storage.database import Database
from parley_gateway import metrics
from parley_gateway.notify.mail import Mail
from parley_gateway.notify.outgoing import EMAIL, WEBHOOK
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.notify.webhooks import Webhooks
from parley_gateway.store import notifications

log = structlog.get_logger()
AT_ONCE = 16
LONGEST_WAIT = 6 * 3600.0

Snapshot = Callable[[str, UUID], Awaitable[BaseModel]]


class Channel(Protocol):
    """One way to reach someone."""

    async def send(self, target: str, identity: UUID, body: Mapping[str, Any]) -> None:
        """Raises `RetryableError` or `PermanentError` if it did not work; `identity` is the same at each attempt."""

    async def close(self) -> None: ...


class Notifier:
    """Works through the notifications; `snapshot` reads an owner's job as clients see it."""

    def __init__(
        self, database: Database, settings: NotifySettings, *, snapshot: Snapshot, channels: Mapping[str, Channel]
    ) -> None:
        self._database = database
        self._settings = settings
        self._snapshot = snapshot
        self._channels = channels
        self._sending: set[asyncio.Task[None]] = set()
        self._rounds = Periodic(self.send_due, every=settings.poll, name="notifier")

    async def start(self) -> None:
        await self._rounds.start()

    async def stop(self) -> None:
        """What was being sent is sent again by another gateway, or after a restart, once its lease has ended."""
        await self._rounds.stop()
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def send_due(self) -> int:
        """Begin to send what is due, as far as there is room; returns how many that were."""
        room = AT_ONCE - len(self._sending)
        if room <= 0:
            return 0
        async with self._database.transaction() as transaction:
            rows = await notifications.take_due(transaction, limit=room)
        for row in rows:
            task = asyncio.create_task(self._send(row), name="notification")
            self._sending.add(task)
            task.add_done_callback(self._sent)
        return len(rows)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("notification left to its next attempt", exc_info=error)

    async def _send(self, row: Row[Any]) -> None:
        try:
            await self._deliver(row)
        except RetryableError as error:
            await self._failed(row, error, final=row.attempts >= self._settings.attempts)
        except PermanentError as error:
            await self._failed(row, error, final=True)
        else:
            metrics.NOTIFICATIONS.labels(row.channel, "sent").inc()
            async with self._database.transaction() as transaction:
                await notifications.end(transaction, row.id, attempt=row.attempts, problem=None)

    async def _deliver(self, row: Row[Any]) -> None:
        channel = self._channels.get(row.channel)
        if channel is None or row.attempts > self._settings.attempts:
            raise PermanentError("Not configured any more, or never came to an end.", code="undeliverable")
        job = await self._snapshot(row.owner, row.job)
        body = {"type": row.type, "timestamp": row.happened_at.isoformat(), "data": job.model_dump(mode="json")}
        try:
            async with asyncio.timeout(notifications.LEASE.total_seconds() / 2):
                await channel.send(row.target, row.id, body)
        except TimeoutError as error:
            raise RetryableError("It took too long.", code="timed_out") from error

    async def _failed(self, row: Row[Any], error: ParleyError, *, final: bool) -> None:
        metrics.NOTIFICATIONS.labels(row.channel, "given_up" if final else "failed").inc()
        log.info("notification not sent", channel=row.channel, job=str(row.job), code=error.code, final=final)
        async with self._database.transaction() as transaction:
            if final:
                await notifications.end(transaction, row.id, attempt=row.attempts, problem=error.detail)
            else:
                until = datetime.now(UTC) + timedelta(seconds=wait_after(row.attempts, first=self._settings.backoff))
                await notifications.postpone(
                    transaction, row.id, attempt=row.attempts, until=until, problem=error.detail
                )


def wait_after(attempt: int, *, first: float) -> float:
    """Seconds until the next attempt: tripled each time, within `LONGEST_WAIT`, a fifth more or less by chance."""
    return float(min(LONGEST_WAIT, first * 3 ** (attempt - 1)) * random.uniform(0.8, 1.2))  # noqa: S311


def open_channels(settings: NotifySettings) -> dict[str, Channel]:
    """The channels that are configured."""
    channels: dict[str, Channel] = {}
    if settings.webhook_secret:
        channels[WEBHOOK] = Webhooks(settings, secret=settings.webhook_secret.get_secret_value())
    if server := settings.smtp():
        channels[EMAIL] = Mail(server, sender=settings.smtp_from, public_url=settings.public_url)
    return channels
