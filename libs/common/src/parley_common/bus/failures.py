"""What becomes of a message whose handler did not succeed.

- It does not parse, does not validate, or met a bug (any exception): it is published to `parley.dead` with the reason
  in its headers, and acknowledged once that is confirmed. One look at `<queue>.dead` shows what and why.
- Its handler raised `RetryableError` (the database is away): after a growing pause it is put at the end of its queue
  and acknowledged; it is never dead-lettered and never spins. The pause holds a prefetch slot: that is the brake.
- It killed its process, again and again: the broker dead-letters it at the queue's delivery limit.
- A queue of one instance has no dead letters: its messages are copies, and SQL has the truth. It is logged and dropped.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from faststream import BaseMiddleware
from faststream.exceptions import IgnoredException, IncorrectState

from parley_common.bus.amqp import BROKER_ERRORS
from parley_common.bus.topology import DEAD
from parley_common.errors import ParleyError, RetryableError

if TYPE_CHECKING:
    from faststream.rabbit import RabbitBroker, RabbitExchange, RabbitQueue

ERROR = "parley-error"
ERROR_TYPE = "parley-error-type"
QUEUE = "parley-queue"
EXCHANGE = "parley-exchange"
KEY = "parley-key"
TIME = "parley-time"
DEATHS = "parley-deaths"
RETRIES = "parley-retries"

REASON_LIMIT = 1_000
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
PUBLISH_TIMEOUT = 5.0

log = logging.getLogger(__name__)


class Failures(BaseMiddleware[Any, Any]):
    """Settles every message whose handler raised; handlers need no error handling of their own."""

    async def after_processed(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> bool:
        subscriber = self.context.get_local("handler_")
        if not isinstance(exc_val, Exception) or isinstance(exc_val, IgnoredException) or not subscriber:
            return False
        if self.msg.locked:
            # Acknowledged before it failed: only the log can tell.
            return False
        failed = _Failed(self.msg, subscriber.queue, self.context.get_local("broker"))
        if isinstance(exc_val, RetryableError):
            await failed.put_back(exc_val)
        else:
            log.error("%s: %s", failed.queue.name, reason(exc_val), exc_info=exc_val)
            await failed.bury(exc_val)
        return True


class _Failed:
    """One message that could not be handled."""

    def __init__(self, message: Any, queue: RabbitQueue, broker: RabbitBroker) -> None:
        self.message = message
        self.queue = queue
        self.broker = broker
        self.headers = {EXCHANGE: message.exchange, KEY: message.routing_key, **message.headers}

    async def bury(self, error: Exception) -> None:
        if "x-dead-letter-exchange" not in (self.queue.arguments or {}):
            await self.message.ack()
            return
        why = {
            ERROR: reason(error),
            ERROR_TYPE: type(error).__name__,
            QUEUE: self.queue.name,
            TIME: datetime.now(UTC).isoformat(),
            DEATHS: number(self.headers.get(DEATHS)) + 1,
        }
        await self._move(DEAD, self.headers | why, persist=True)

    async def put_back(self, error: RetryableError) -> None:
        retries = number(self.headers.get(RETRIES))
        wish = FIRST_PAUSE * 2 ** min(retries, 10) if error.retry_after is None else error.retry_after
        await asyncio.sleep(min(max(wish, FIRST_PAUSE), LONGEST_PAUSE))
        log.warning("%s: put back after %r (%d times before)", self.queue.name, error, retries)
        headers = self.headers | {RETRIES: retries + 1}
        await self._move(None, headers, persist=self.message.delivery_mode == 2)

    async def _move(self, exchange: RabbitExchange | None, headers: dict[str, Any], *, persist: bool) -> None:
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                await self.broker.publish(
                    self.message.body,
                    exchange=exchange,
                    routing_key=self.queue.name,
                    persist=persist,
                    headers=headers,
                    content_type=self.message.content_type,
                    message_id=self.message.message_id,
                    correlation_id=self.message.correlation_id,
                )
            await self.message.ack()
        except (*BROKER_ERRORS, IncorrectState) as error:
            log.warning("%s: could not be moved, so it stays: %r", self.queue.name, error)
            await asyncio.sleep(FIRST_PAUSE)
            with suppress(*BROKER_ERRORS):
                await self.message.nack(requeue=True)


def number(value: object) -> int:
    """A counter from a header; a foreign publisher may have written anything."""
    return value if isinstance(value, int) else 0


def reason(error: Exception) -> str:
    """Why, in one bounded line or two; an expected error says its stable code first."""
    text = f"{error.code}: {error.detail}" if isinstance(error, ParleyError) else f"{type(error).__name__}: {error}"
    return text[:REASON_LIMIT]
