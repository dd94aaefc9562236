"""One answer as it is being written."""

from __future__ import annotations

from collections.abc import AsyncIterator

from parley_common.llm.answer import Answer
from parley_common.llm.calls import Call
from parley_common.llm.failures import unavailable
from parley_common.llm.model import Reply
from parley_common.llm.thinking import Thinking
from parley_common.llm.wire import Chunk


class Streaming:
    """A `ReplyStream` over the chunks of one call; a bad ending is raised after the last delta."""

    def __init__(self, chunks: AsyncIterator[Chunk], call: Call) -> None:
        self._chunks = chunks
        self._call = call
        self._deltas: list[str] = []
        self._finish: str | None = None
        self._refused = False
        self._reply: Reply | None = None

    async def __aiter__(self) -> AsyncIterator[str]:
        thinking = Thinking()
        async for chunk in self._chunks:
            if delta := thinking.feed(self._read(chunk)):
                self._deltas.append(delta)
                yield delta
        if delta := thinking.rest():
            self._deltas.append(delta)
            yield delta
        self._reply = self._end()

    @property
    def reply(self) -> Reply:
        if self._reply is None:
            raise RuntimeError("the reply is known only after the last delta")
        return self._reply

    def _read(self, chunk: Chunk) -> str:
        self._call.saw(chunk)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._finish = choice.finish_reason or self._finish
        self._refused = self._refused or bool(choice.delta.refusal)
        return choice.delta.content or ""

    def _end(self) -> Reply:
        if self._finish is None:
            raise unavailable("broke off its answer")
        self._call.finished(self._finish)
        text = "".join(self._deltas)
        return Answer(text, self._finish, self._call.model, self._call.usage, refused=self._refused).reply()
