"""One trace from the request through the message to its handler, by the W3C `traceparent` header.

A trace that is not recorded is carried along as it is: no span is made that nobody would see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faststream import BaseMiddleware
from opentelemetry import context, propagate, trace

if TYPE_CHECKING:
    from faststream.message import StreamMessage
    from faststream.rabbit.response import RabbitPublishCommand

TRACEPARENT = "traceparent"
SAMPLED = frozenset("13579bdf")


class Tracing(BaseMiddleware[Any, Any]):
    """Continues the trace of a message's headers, or else the current one, when it is published and when handled."""

    async def publish_scope(self, call_next: Any, cmd: RabbitPublishCommand) -> Any:
        if _is_unrecorded(cmd.headers):
            return await call_next(cmd)
        with _span(f"{cmd.exchange.name or 'default'} publish", cmd.headers, trace.SpanKind.PRODUCER) as span:
            span.set_attributes(_attributes(cmd.exchange.name, cmd.destination))
            headers = dict(cmd.headers)
            propagate.inject(headers)
            cmd.headers = headers
            return await call_next(cmd)

    async def consume_scope(self, call_next: Any, msg: StreamMessage[Any]) -> Any:
        if _is_unrecorded(msg.headers):
            token = context.attach(_context(msg.headers))
            try:
                return await call_next(msg)
            finally:
                context.detach(token)
        raw = msg.raw_message
        with _span(f"{raw.exchange or 'default'} process", msg.headers, trace.SpanKind.CONSUMER) as span:
            span.set_attributes(_attributes(raw.exchange, raw.routing_key))
            return await call_next(msg)


def _is_unrecorded(headers: dict[str, Any]) -> bool:
    """Whether the headers name a trace that nobody keeps: the last digits are flags, the last bit says "sampled"."""
    return TRACEPARENT in headers and str(headers[TRACEPARENT])[-1:] not in SAMPLED


def _span(name: str, headers: dict[str, Any], kind: trace.SpanKind) -> Any:
    return trace.get_tracer(__name__).start_as_current_span(name, context=_context(headers), kind=kind)


def _context(headers: dict[str, Any]) -> context.Context:
    """Of the trace that the headers name, or else of the current one."""
    return propagate.extract(headers, context=context.get_current())


def _attributes(exchange: str, key: str) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.destination.name": exchange,
        "messaging.rabbitmq.destination.routing_key": key,
    }
