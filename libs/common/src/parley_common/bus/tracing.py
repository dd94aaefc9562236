"""One trace from the request through the message to its handler, by the W3C `traceparent` header.

With no tracer configured and no trace to continue, a message passes through untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faststream import BaseMiddleware
from opentelemetry import context, propagate, trace

if TYPE_CHECKING:
    from faststream.message import StreamMessage
    from faststream.rabbit.response import RabbitPublishCommand

TRACEPARENT = "traceparent"


class Tracing(BaseMiddleware[Any, Any]):
    """Continues the trace of a message's headers, or else the current one, when it is published and when handled."""

    async def publish_scope(self, call_next: Any, cmd: RabbitPublishCommand) -> Any:
        if _is_off(cmd.headers):
            return await call_next(cmd)
        with _span(f"{cmd.exchange.name or 'default'} publish", cmd.headers, trace.SpanKind.PRODUCER) as span:
            span.set_attributes(_attributes(cmd.exchange.name, cmd.destination))
            headers = dict(cmd.headers)
            propagate.inject(headers)
            cmd.headers = headers
            return await call_next(cmd)

    async def consume_scope(self, call_next: Any, msg: StreamMessage[Any]) -> Any:
        if _is_off(msg.headers):
            return await call_next(msg)
        raw = msg.raw_message
        with _span(f"{raw.exchange or 'default'} process", msg.headers, trace.SpanKind.CONSUMER) as span:
            span.set_attributes(_attributes(raw.exchange, raw.routing_key))
            return await call_next(msg)


def _is_off(headers: dict[str, Any]) -> bool:
    return TRACEPARENT not in headers and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def _span(name: str, headers: dict[str, Any], kind: trace.SpanKind) -> Any:
    parent = propagate.extract(headers, context=context.get_current())
    return trace.get_tracer(__name__).start_as_current_span(name, context=parent, kind=kind)


def _attributes(exchange: str, key: str) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.destination.name": exchange,
        "messaging.rabbitmq.destination.routing_key": key,
    }
