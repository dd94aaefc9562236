"""A model call is one span, named as the GenAI conventions have it, and the endpoint sees its trace."""

from __future__ import annotations

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id
from pydantic import BaseModel

from parley_common.errors import ParleyError
from parley_common.llm.client import OpenAIModel
from parley_common.llm.prompting import prompt
from parley_common.testing.model_server.scripted import ScriptedModel

MESSAGES = prompt("Rewrite.", task="a song")


class Song(BaseModel):
    title: str


def traceparent(span: ReadableSpan) -> str:
    assert span.context is not None
    trace_id, span_id = format_trace_id(span.context.trace_id), format_span_id(span.context.span_id)
    return f"00-{trace_id}-{span_id}-{span.context.trace_flags:02x}"


async def test_a_call_is_described_without_its_content(model: OpenAIModel, spans: InMemorySpanExporter) -> None:
    reply = await model.complete(MESSAGES, max_tokens=50)
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("chat test-model", SpanKind.CLIENT)
    told = dict(span.attributes or {})
    assert told.pop("server.port")
    assert told == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "test-model",
        "gen_ai.request.max_tokens": 50,
        "gen_ai.output.type": "text",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "test-model",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": reply.usage.tokens_in,
        "gen_ai.usage.output_tokens": reply.usage.tokens_out,
        "server.address": "127.0.0.1",
    }


async def test_embedding_is_described_without_its_texts(model: OpenAIModel, spans: InMemorySpanExporter) -> None:
    await model.embed(["my private diary"])
    (span,) = spans.get_finished_spans()
    assert span.name == "embeddings test-model"
    told = dict(span.attributes or {})
    assert told["gen_ai.operation.name"] == "embeddings"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (5, 0)
    assert "diary" not in span.to_json()


async def test_the_endpoint_sees_the_trace_of_the_caller_and_no_baggage(
    model: OpenAIModel, scripted: ScriptedModel, spans: InMemorySpanExporter
) -> None:
    token = context.attach(baggage.set_baggage("owner", "ann"))
    with trace.get_tracer("test").start_as_current_span("step") as step:
        await model.complete(MESSAGES)
        await model.structured(MESSAGES, Song)
        async with model.stream(MESSAGES) as stream:
            async for _ in stream:
                assert trace.get_current_span() is step
    context.detach(token)
    calls = (await scripted.meter()).calls
    chats = [span for span in spans.get_finished_spans() if span.name.startswith("chat")]
    assert [call.headers["traceparent"] for call in calls] == [traceparent(span) for span in chats]
    assert {span.parent.span_id for span in chats if span.parent} == {step.get_span_context().span_id}
    assert not [call for call in calls if "baggage" in call.headers]


async def test_a_failure_is_marked_with_its_code(
    model: OpenAIModel, scripted: ScriptedModel, spans: InMemorySpanExporter
) -> None:
    await scripted.script({"status": 429})
    with pytest.raises(ParleyError):
        await model.complete(MESSAGES)
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "model_rate_limited"


async def test_a_repair_is_a_span_of_its_own(
    model: OpenAIModel, scripted: ScriptedModel, spans: InMemorySpanExporter
) -> None:
    await scripted.script({"text": "La la la."})
    await model.structured(MESSAGES, Song)
    assert [(span.attributes or {})["gen_ai.output.type"] for span in spans.get_finished_spans()] == ["json", "json"]
