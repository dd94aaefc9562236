"""Around each HTTP call to a model: the budget is asked before it, a span covers it, the usage is charged after it.

Span names and attributes follow the OpenTelemetry semantic conventions for GenAI clients; content is never recorded.
https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from parley_common.contracts.jobs import Usage
from parley_common.errors import ParleyError
from parley_common.llm.settings import ModelSettings
from parley_common.llm.wire import Chunk, Completion, Embeddings, Tokens
from parley_common.metering import meter

_PROPAGATOR = TraceContextTextMapPropagator()


class Call:
    """One HTTP call; it counts as paid unless the endpoint refused it or was never reached."""

    def __init__(self, settings: ModelSettings, span: Span) -> None:
        self.usage = Usage(calls=1)
        self.model = settings.model
        self._settings = settings
        self._span = span

    def headers(self) -> dict[str, str]:
        """W3C trace context only: baggage may hold what an outside endpoint should not see."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, trace.set_span_in_context(self._span))
        return carrier

    def unpaid(self) -> None:
        self.usage = Usage()

    def saw(self, part: Completion | Chunk | Embeddings) -> None:
        """Takes note of what a response or a chunk of it tells about itself."""
        if part.id:
            self._span.set_attribute("gen_ai.response.id", part.id)
        if part.model:
            self.model = part.model
            self._span.set_attribute("gen_ai.response.model", part.model)
        if part.usage:
            self._count(part.usage)

    def finished(self, reason: str | None) -> None:
        if reason:
            self._span.set_attribute("gen_ai.response.finish_reasons", [reason])

    def failed(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def _count(self, tokens: Tokens) -> None:
        if tokens.prompt_tokens is None or tokens.completion_tokens is None:
            return
        read, written = max(0, tokens.prompt_tokens), max(0, tokens.completion_tokens)
        self.usage = Usage(calls=1, tokens_in=read, tokens_out=written, cost=self._cost(read, written))
        self._span.set_attribute("gen_ai.usage.input_tokens", read)
        self._span.set_attribute("gen_ai.usage.output_tokens", written)

    def _cost(self, read: int, written: int) -> float | None:
        price_in, price_out = self._settings.price_in, self._settings.price_out
        if price_in is None or price_out is None:
            return None
        return (read * price_in + written * price_out) / 1_000_000


@contextmanager
def calling(settings: ModelSettings, operation: str = "chat", /, **attributes: AttributeValue | None) -> Iterator[Call]:
    """Wraps one call; raises `BudgetExceeded` before it, if nothing more may be spent."""
    meter().check()
    span = trace.get_tracer("parley.llm").start_span(
        f"{operation} {settings.model}", kind=SpanKind.CLIENT, attributes=_request(settings, operation, attributes)
    )
    call = Call(settings, span)
    try:
        yield call
    except BaseException as error:
        call.failed(error.code if isinstance(error, ParleyError) else type(error).__name__)
        raise
    finally:
        span.end()
        if call.usage.calls:
            meter().charge(call.usage)


def _request(
    settings: ModelSettings, operation: str, attributes: dict[str, AttributeValue | None]
) -> dict[str, AttributeValue]:
    known: dict[str, AttributeValue | None] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": settings.model,
        "gen_ai.request.temperature": settings.temperature,
        "server.address": settings.base_url.host if settings.base_url else "api.openai.com",
        "server.port": settings.base_url.port if settings.base_url else 443,
        **attributes,
    }
    return {name: value for name, value in known.items() if value is not None}
