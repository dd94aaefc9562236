"""Logs and traces: every line names its trace, no line holds a secret, and tracing costs nothing until it is wanted."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from structlog.types import EventDict, Processor

from parley_common.settings import Settings

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(r"(?i)(^|_|-)(password|passwd|secret|token|authorization|api[_-]?key|cookie|ticket|dsn)$")
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(://[^/\s:@]*):[^/\s@]+@"), rf"\1:{REDACTED}@"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), REDACTED),
    (re.compile(r"\b(sk|whsec)([-_])[\w-]{8,}"), rf"\1\2{REDACTED}"),
)
# At info they tell of every request, with its whole address.
_TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2")


def setup(service: str, settings: Settings) -> None:
    """Call once, first thing in a process: logs as JSON lines (readable on a terminal), spans by OTLP if configured."""
    _setup_tracing(service, settings.otlp_endpoint)
    _setup_logging(service, settings.log_level.upper())


def trace_id() -> str:
    """The current trace in hex, for a user to quote; empty outside of any."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Take secrets out of a log line: values under telling names, and what looks like one inside any text."""
    return {key: REDACTED if _SECRET_NAME.search(key) and value else _clean(value) for key, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        for pattern, replacement in _SECRETS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, Mapping):
        return redact(None, "", dict(value))
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _setup_tracing(service: str, endpoint: str | None) -> None:
    """Without an endpoint spans are not recorded, but they still have ids: problems, logs and messages quote them."""
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    resource = Resource.create({"service.name": f"parley-{service}"})
    if endpoint is None:
        trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_OFF, resource=resource))
        return
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


def _setup_logging(service: str, level: str) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _add_trace,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering(service)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _rendering(service: str) -> list[Processor]:
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact]
    if sys.stderr.isatty():
        return [*last, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]

    def add_service(_logger: object, _method: str, event: MutableMapping[str, Any]) -> EventDict:
        event.pop("color_message", None)  # the server's own, for its own terminal
        return {"service": service, **event}

    return [structlog.processors.format_exc_info, *last, add_service, structlog.processors.JSONRenderer()]


def _add_trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    if current := trace_id():
        event["trace_id"] = current
    return event
