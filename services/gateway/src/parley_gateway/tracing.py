"""The HTTP request as the root of its job's trace."""

from __future__ import annotations

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

# A socket's span would last for hours; what is pushed through it belongs to the jobs' own traces.
UNTRACED = r"/health/,/metrics$,/v1/ws$,/ws/,/docs"


def instrument(app: FastAPI) -> None:
    """Give each request a span, so that the messages sent for it carry its trace; call before the app serves."""
    FastAPIInstrumentor.instrument_app(app, excluded_urls=UNTRACED, exclude_spans=["receive", "send"])
