"""`POST /v1/chat/completions` and `/v1/embeddings`: answers as scripted, and notices when the client leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from parley_common.testing.model_server.embeddings import embedded
from parley_common.testing.model_server.meter import CallMeter, CallSeen, Gates
from parley_common.testing.model_server.samples import default_answer
from parley_common.testing.model_server.script import Asked, Endpoint, Rule, Script

Json = dict[str, Any]


class Answers:
    """One endpoint in ASGI, as only ASGI lets a server hold back, break off and watch one response."""

    def __init__(self, endpoint: Endpoint, script: Script, meter: CallMeter, gates: Gates) -> None:
        self._endpoint = endpoint
        self._script = script
        self._meter = meter
        self._gates = gates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        asked = Asked(await request.json(), self._endpoint)
        rule = self._script.take(asked)
        call = self._meter.start(rule.name, asked, headers=dict(request.headers))
        answering = asyncio.create_task(_Answering(self._meter, self._gates, call, asked, rule, send).run())
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not answering.done():
                self._meter.end(call, "aborted")
            for task in (answering, leaving):
                task.cancel()
            outcomes = await asyncio.gather(answering, leaving, return_exceptions=True)
        if isinstance(outcomes[0], Exception):
            raise outcomes[0]


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Answering:
    def __init__(self, meter: CallMeter, gates: Gates, call: CallSeen, asked: Asked, rule: Rule, send: Send) -> None:
        self._meter, self._gates = meter, gates
        self._call, self._asked, self._rule = call, asked, rule
        self._send = send

    async def run(self) -> None:
        await self._pause(0)
        if self._rule.status >= 400:
            await self._refuse()
        elif self._rule.raw is not None:
            await self._whole(self._rule.raw.encode(), "text/event-stream" if self._asked.stream else "text/html")
        elif self._asked.stream:
            await self._stream()
        else:
            answer = embedded(self._asked) if self._asked.endpoint == "embeddings" else self._completion()
            await self._whole(json.dumps(answer).encode(), "application/json")

    async def _pause(self, sent: int) -> None:
        if sent != self._rule.pause_after:
            return
        if self._rule.gate:
            await self._gates.enter(self._rule.gate)
        if self._rule.stall:
            await asyncio.Event().wait()

    async def _refuse(self) -> None:
        error = {"message": "scripted failure", "type": "scripted", "param": None, "code": None}
        headers = {"retry-after": self._rule.retry_after} if self._rule.retry_after else {}
        self._meter.end(self._call, "refused")
        body = json.dumps({"error": {**error, **(self._rule.error or {})}}).encode()
        await self._start("application/json", status=self._rule.status, headers=headers)
        await self._body(body, last=True)

    async def _whole(self, body: bytes, media_type: str) -> None:
        broken = self._rule.break_after is not None
        await asyncio.sleep(self._rule.delay)
        self._meter.end(self._call, "broken" if broken else "finished")
        await self._start(media_type, headers={"content-length": str(len(body))})
        await self._body(body[:-1] if broken else body, last=not broken)

    async def _stream(self) -> None:
        await self._start("text/event-stream")
        for sent, delta in enumerate(self._deltas()):
            if sent:
                await self._pause(sent)
            if sent == self._rule.break_after:
                await self._break()
                return
            await self._event(self._chunk(delta))
            await asyncio.sleep(self._rule.delay)
        if self._finish:
            await self._event(self._chunk({}, finish=self._finish))
        if self._rule.usage and self._asked.reports_usage:
            await self._event({**self._frame("chat.completion.chunk"), "choices": [], "usage": self._usage()})
        # The client is done when it has read this, and the meter must not lag behind it.
        self._meter.end(self._call, "finished")
        await self._body(b"data: [DONE]\n\n", last=True)

    async def _break(self) -> None:
        self._meter.end(self._call, "broken")
        if self._rule.error:
            await self._event({"error": self._rule.error})
            await self._body(b"", last=True)

    def _deltas(self) -> Iterator[Json]:
        yield {"role": "assistant", "content": ""}
        if self._rule.refusal:
            yield {"refusal": self._rule.refusal}
            return
        text = self._text
        for start in range(0, len(text), self._rule.chunk):
            yield {"content": text[start : start + self._rule.chunk]}

    @property
    def _text(self) -> str:
        rule = self._rule
        if rule.text is not None:
            answer = rule.text
        elif "value" in rule.model_fields_set:
            answer = json.dumps(rule.value)
        else:
            answer = default_answer(self._asked)
        return f"{rule.before}{answer}{rule.after}"[: rule.cut_at]

    @property
    def _finish(self) -> str | None:
        return self._rule.finish if self._rule.cut_at is None else "length"

    def _completion(self) -> Json:
        content = {"content": None, "refusal": self._rule.refusal} if self._rule.refusal else {"content": self._text}
        choice = {"index": 0, "message": {"role": "assistant", **content}, "finish_reason": self._finish}
        usage = {"usage": self._usage()} if self._rule.usage else {}
        return {**self._frame("chat.completion"), "choices": [choice], **usage}

    def _chunk(self, delta: Json, *, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**self._frame("chat.completion.chunk"), "choices": [choice]}

    def _frame(self, kind: str) -> Json:
        model = self._asked.body.get("model", "test")
        return {"id": f"chatcmpl-{self._call.number}", "object": kind, "created": 0, "model": model}

    def _usage(self) -> Json:
        """About four characters a token, as tokenizers have it."""
        read, written = len(self._asked.text) // 4 + 1, len(self._text) // 4 + 1
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}

    async def _event(self, event: Json) -> None:
        await self._body(f"data: {json.dumps(event)}\n\n".encode(), last=False)

    async def _start(self, media_type: str, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        every = {"content-type": media_type, **(headers or {})}
        encoded = [(name.encode(), value.encode()) for name, value in every.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def _body(self, body: bytes, *, last: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})
