"""A real test model on a real port, and the client that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from parley_common.llm.client import OpenAIModel
from parley_common.llm.settings import ModelSettings
from parley_common.testing.model_server.scripted import ScriptedModel

KEY = "sk-very-secret-key"


@pytest.fixture
async def connect(scripted: ScriptedModel) -> AsyncIterator[Callable[..., OpenAIModel]]:
    """Builds clients of the test model, with any settings."""
    clients: list[OpenAIModel] = []

    def build(**settings: Any) -> OpenAIModel:
        given = {"base_url": scripted.base_url, "api_key": KEY, "model": "test-model", **settings}
        clients.append(OpenAIModel(ModelSettings(_env_file=None, **given)))
        return clients[-1]

    yield build
    for client in clients:
        await client.close()


@pytest.fixture
def model(connect: Callable[..., OpenAIModel]) -> OpenAIModel:
    return connect()


@pytest.fixture(scope="session")
def _exporter() -> InMemorySpanExporter:
    # A process has one tracer provider, and it can be set only once.
    exporter, provider = InMemorySpanExporter(), trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(_exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    """The spans that end in this test."""
    _exporter.clear()
    return _exporter
