"""One trace from the publisher to the handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from parley_common.bus import topology
from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.broker import Bus
from parley_common.bus.message import command
from parley_common.contracts.commands import ResumeJob
from parley_common.contracts.jobs import Priority


@pytest.fixture
async def seen(make_bus: Callable[[], Bus], make_reader: Any) -> Any:
    """The trace a handler runs in, for each message it got; `seen.bus` sends them."""
    bus, seen = make_bus(), make_reader()

    @bus.broker.subscriber(
        topology.work_queue("enhancer", Priority.INTERACTIVE), topology.COMMANDS, channel=topology.consumer(1)
    )
    async def on_resume(command: ResumeJob, message: RabbitMessage) -> None:
        await seen(trace.get_current_span().get_span_context())

    await bus.start()
    seen.bus = bus
    return seen


async def test_handler_runs_in_the_trace_of_the_request_however_late_it_is_published(seen: Any) -> None:
    request = SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with trace.use_span(NonRecordingSpan(request)):
        message = command("enhancer", "resume", ResumeJob(job=uuid4(), kind="enhance", owner="ann"))
    assert message.headers["traceparent"].split("-")[1] == f"{request.trace_id:032x}"
    await seen.bus.publish(message)
    assert (await seen.wait(1))[0].trace_id == request.trace_id


async def test_unrecorded_trace_is_carried_along_without_spans_of_its_own(seen: Any) -> None:
    request = SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(TraceFlags.DEFAULT))
    with trace.use_span(NonRecordingSpan(request)):
        message = command("enhancer", "resume", ResumeJob(job=uuid4(), kind="enhance", owner="ann"))
    await seen.bus.publish(message)
    context = (await seen.wait(1))[0]
    assert (context.trace_id, context.span_id) == (request.trace_id, request.span_id)
