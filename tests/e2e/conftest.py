"""Parley as a user starts it: processes of its own, driven through the gateway only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from support.system import QUICK, SLOTS, Embedded, System
from support.visitor import Visitor
from support.web import SearchEngine, Spans, serving

from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving as serving_model
from parley_standalone.stack import Stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[Stack]:
    """Two gateways and two enhancers, offline, for tests that leave it running; what breaks things starts its own."""
    async with Stack(gateways=2, workers={"enhancer": 2}) as running:
        yield running


@dataclass(frozen=True)
class Surroundings:
    """A stack to break, and what it talks to outside of Parley."""

    stack: Stack
    model: str
    search: SearchEngine
    spans: Spans


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def surroundings() -> AsyncIterator[Surroundings]:
    """Two gateways and two enhancers with a model and a search engine; only traces that a client begins are kept."""
    search, spans = SearchEngine(), Spans()
    with ExitStack() as outside:
        model = outside.enter_context(serving_model())
        env = QUICK | {
            "OPENAI_BASE_URL": f"{model}/v1",
            "SEARXNG_URL": outside.enter_context(serving(search)),
            "PARLEY_SLOTS": str(SLOTS),
            "OTEL_EXPORTER_OTLP_ENDPOINT": outside.enter_context(serving(spans)),
            "OTEL_TRACES_SAMPLER": "parentbased_always_off",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        async with Stack(gateways=2, workers={"enhancer": 2}, env=env) as stack:
            yield Surroundings(stack, model, search, spans)


@pytest_asyncio.fixture
async def system(surroundings: Surroundings) -> AsyncIterator[System]:
    """The stack to break, whole and with nothing scripted; whole again for the next test."""
    async with ScriptedModel(surroundings.model) as model:
        system = System(surroundings.stack, model, surroundings.search, surroundings.spans)
        await model.reset()
        yield system
        await model.reset()
        surroundings.search.forget()
        surroundings.spans.forget()
        await system.heal()
        await system.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """One embedded system, offline and without accounts, for tests that leave it running."""
    async with Embedded(tmp_path_factory.mktemp("embedded"), QUICK) as running:
        yield running


@pytest_asyncio.fixture
async def visitor(embedded: Embedded) -> AsyncIterator[Visitor]:
    """The local user of that system; whatever a test does to it, the process lives."""
    process = embedded.process.pid
    async with Visitor(embedded.url) as visitor:
        yield visitor
        await visitor.assert_well()
    assert embedded.process.pid == process
