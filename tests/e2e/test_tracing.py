"""One trace from the client's request to the push into its socket, across processes, a question and a crash."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from support.clients import eventually
from support.scripts import ANSWER, find_gaps, rewrite, traceparents
from support.system import System
from support.web import Span

STORY = [
    "POST /api/enhance",
    "parley.commands publish",
    "parley.commands process",
    "job enhance",
    "step find gaps",
    "step rewrite",
    "parley.events publish",
    "parley.events process",
    "push",
]


class Trace:
    """What a client begins, and what became of it."""

    def __init__(self, system: System) -> None:
        self.id, self.client = secrets.token_hex(16), secrets.token_hex(8)
        self.headers = {"traceparent": f"00-{self.id}-{self.client}-01"}
        self.spans: dict[str, Span] = {}
        self._system = system

    async def until(self, complete: Callable[[], bool]) -> None:
        """Wait until the spans have been exported that this takes."""

        async def is_complete() -> bool:
            self.spans = self._system.spans.of(self.id)
            return complete()

        await eventually(is_complete)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans.values() if span.name.startswith(name)]

    def above(self, span: Span) -> list[str]:
        """The names of the spans over this one, the nearest first; `client` is where the client began."""
        names = []
        while span.parent != self.client:
            span = self.spans[span.parent]
            names.append(span.name)
        return [*names, "client"]


async def test_job_is_one_trace_from_the_request_to_the_push_across_its_question(system: System) -> None:
    await system.model.script(find_gaps(), rewrite())
    trace = Trace(system)
    lazy = {"lazy_prompt": "write about our new hiking boots"}
    accepted = await system.one.http.post("/api/enhance", json=lazy, headers=trace.headers)
    job = accepted.json()["task_id"]
    async with system.other.enhancement(job) as socket:
        await socket.until("user_question")
        await socket.answer(ANSWER)
        await socket.until("task_complete")
    await trace.until(lambda: len(trace.named("job ")) == 2 and all(map(trace.named, [*STORY, "chat "])))
    await trace.until(lambda: all(span.parent in {*trace.spans, trace.client} for span in trace.spans.values()))
    for span in trace.spans.values():
        assert trace.above(span)[-2:] in (["POST /api/enhance", "client"], ["client"]), span.name
    assert {span.service for span in trace.spans.values()} == {"parley-gateway", "parley-enhancer"}
    for step in ("find gaps", "rewrite"):
        (done,) = trace.named(f"step {step}")
        assert trace.above(done)[0] == "job enhance"
    called = traceparents(await system.model.meter())
    assert set(called) == {"find gaps", "rewrite"}
    for step, traceparent in called.items():
        _, of, identity, _ = traceparent.split("-")
        assert of == trace.id
        assert trace.above(trace.spans[identity])[:2] == [f"step {step}", "job enhance"]
    pushed = trace.named("push")
    assert all(trace.above(span)[0] == "parley.events process" for span in pushed)
    assert {"step find gaps", "step rewrite"} <= {name for span in pushed for name in trace.above(span)}


async def test_trace_goes_on_in_the_worker_that_takes_over(system: System) -> None:
    await system.model.script(find_gaps(question=None), rewrite(gate="held", times=1), rewrite())
    trace = Trace(system)
    accepted = await system.one.http.post("/api/enhance/", json={"lazy_prompt": "boots"}, headers=trace.headers)
    job = accepted.json()["task_id"]
    await (await system.held(job, "held")).kill()
    await system.other.until(job, "completed")
    await trace.until(lambda: bool(trace.named("step rewrite")) and bool(trace.named("job ")))
    aborted, repeated = (call.headers["traceparent"] for call in (await system.model.meter()).calls[-2:])
    assert aborted.split("-")[1] == repeated.split("-")[1] == trace.id
    assert aborted != repeated
