"""The model behind any endpoint that speaks the OpenAI chat protocol; the only module that knows the SDK."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any

import httpx2
import openai
from pydantic import BaseModel

from parley_common.errors import ParleyError
from parley_common.llm.answer import Answer
from parley_common.llm.calls import Call, calling
from parley_common.llm.dialect import Dialect, Phrased, Request
from parley_common.llm.failures import Complaint, failure, retry_after, timed_out, unavailable, unreadable
from parley_common.llm.model import Reply, ReplyStream, T
from parley_common.llm.prompting import Message
from parley_common.llm.settings import ModelSettings
from parley_common.llm.streaming import Streaming
from parley_common.llm.structured import structured
from parley_common.llm.thinking import without_thinking
from parley_common.llm.wire import Chunk, Completion, Embeddings
from parley_common.metering import meter

_OPENAI = "https://api.openai.com/v1"
_CONNECT_TIMEOUT = 10.0
_NEVER_REACHED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


class OpenAIModel:
    """A `Model` over `chat.completions`; close it when the process ends."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        # Both are always passed, or the SDK looks them up in the environment by itself, past our settings.
        self._client = openai.AsyncOpenAI(
            api_key=settings.api_key.get_secret_value() if settings.api_key else "none",
            base_url=str(settings.base_url or _OPENAI),
            max_retries=0,
            http_client=openai.DefaultAsyncHttpx2Client(verify=_certificates(), event_hooks={"request": [_confirm]}),
        )
        self._dialect = Dialect(limit_name="max_tokens" if settings.base_url else "max_completion_tokens")

    @property
    def name(self) -> str:
        return self._settings.model

    async def close(self) -> None:
        await self._client.close()

    async def complete(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> Reply:
        answer, _ = await self._ask(Request(messages, max_tokens=self._limit(max_tokens)))
        return answer.reply()

    @asynccontextmanager
    async def stream(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> AsyncIterator[ReplyStream]:
        request = Request(messages, max_tokens=self._limit(max_tokens), stream=True)
        deadline = asyncio.get_running_loop().time() + self._settings.timeout
        async with self._sent(request) as (call, _, chunks):
            try:
                yield Streaming(self._chunks(chunks, call, deadline), call)
            finally:
                await chunks.close()

    async def structured(self, messages: Sequence[Message], schema: type[T], *, max_tokens: int | None = None) -> T:
        async def ask(messages: Sequence[Message]) -> Answer:
            answer, asked = await self._ask(Request(messages, schema, self._limit(max_tokens)))
            if answer.text and "{" not in answer.text and not answer.truncated:
                self._dialect.ignored(asked)
            return answer

        return await structured(ask, messages, schema)

    async def embed(self, texts: Sequence[str], *, dimensions: int | None = None) -> list[list[float]]:
        """One vector a text, in the order given, as the endpoint has them; the model must be one that embeds."""
        with calling(self._settings, "embeddings") as call:
            try:
                with self._translated(call, garbled=unreadable("a list of embeddings")):
                    found = Embeddings.model_validate_json(await self._embeddings(texts, dimensions, call))
                    call.saw(found)
                    return found.in_order(len(texts))
            except openai.APIStatusError as error:
                call.unpaid()
                raise failure(_complaint(error), self.name) from None

    def _limit(self, max_tokens: int | None) -> int | None:
        return max_tokens or self._settings.max_output_tokens

    async def _embeddings(self, texts: Sequence[str], dimensions: int | None, call: Call) -> bytes:
        settings = self._settings
        async with asyncio.timeout(settings.timeout):
            # Raw, as the SDK would wrap every single number, which holds up the event loop for seconds.
            response = await self._client.embeddings.with_raw_response.create(
                model=settings.model,
                input=list(texts),
                dimensions=dimensions or openai.omit,
                encoding_format="base64",
                extra_headers=call.headers(),
                timeout=openai.Timeout(settings.timeout, connect=_CONNECT_TIMEOUT),
            )
        return response.content

    async def _ask(self, request: Request) -> tuple[Answer, Phrased]:
        async with self._sent(request) as (call, asked, response):
            with self._translated(call, garbled=unreadable()):
                completion = Completion.model_validate(response)
            choice = completion.choices[0]
            call.saw(completion)
            call.finished(choice.finish_reason)
            text = without_thinking(choice.message.content or "")
            refusal = bool(choice.message.refusal)
        return Answer(text, choice.finish_reason, call.model, call.usage, refused=refusal), asked

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[tuple[Call, Phrased, Any]]:
        """One request, phrased anew as long as the endpoint's complaints teach how it wants to be asked."""
        strict = _strict_schema(request.schema) if request.schema else None
        attributes = {
            "gen_ai.output.type": "json" if request.schema else "text",
            "gen_ai.request.max_tokens": request.max_tokens,
            "gen_ai.request.stream": request.stream or None,
        }
        while True:
            asked = self._dialect.phrase(request, strict_schema=strict)
            with calling(self._settings, **attributes) as call:
                try:
                    response = await self._post(asked, call, stream=request.stream)
                except openai.APIStatusError as error:
                    complaint = _complaint(error)
                    call.unpaid()
                    if self._dialect.concede(asked, complaint):
                        call.failed("model_rejected")
                        continue
                    raise failure(complaint, self.name) from None
                yield call, asked, response
                return

    async def _post(self, asked: Phrased, call: Call, *, stream: bool) -> Any:
        settings = self._settings
        extra: dict[str, Any] = {} if settings.temperature is None else {"temperature": settings.temperature}
        quiet = settings.idle_timeout if stream else settings.timeout
        with self._translated(call, garbled=unreadable()):
            async with asyncio.timeout(settings.timeout):
                return await self._client.chat.completions.create(
                    model=settings.model,
                    stream=stream,
                    extra_headers=call.headers(),
                    timeout=openai.Timeout(settings.timeout, connect=_CONNECT_TIMEOUT, read=quiet),
                    **asked.body,
                    **extra,
                )

    async def _chunks(self, chunks: Any, call: Call, deadline: float) -> AsyncIterator[Chunk]:
        while True:
            with self._translated(call, garbled=unavailable("sent a garbled stream")):
                async with asyncio.timeout_at(deadline):
                    raw = await anext(chunks, None)
                chunk = None if raw is None else Chunk.model_validate(raw)
            if chunk is None:
                return
            yield chunk

    @contextmanager
    def _translated(self, call: Call, *, garbled: ParleyError) -> Iterator[None]:
        """The SDK's errors as ours, status errors aside. No cause is kept: its text may hold the prompt."""
        try:
            yield
        except openai.APIStatusError:
            raise
        except ParleyError:  # it was not confirmed that the request may leave
            call.unpaid()
            raise
        except openai.APIError as error:
            if isinstance(error.__cause__, _NEVER_REACHED):
                call.unpaid()
            raise self._failure(error) from None
        except TimeoutError:
            raise timed_out() from None
        except httpx2.HTTPError:
            raise unavailable("broke off its answer") from None
        except ValueError:
            raise garbled from None

    def _failure(self, error: openai.APIError) -> ParleyError:
        match error:
            case openai.APIConnectionError() if isinstance(error.__cause__, _NEVER_REACHED):
                return unavailable("cannot be reached")
            case openai.APITimeoutError():
                return timed_out()
            case openai.APIConnectionError():
                return unavailable("broke off its answer")
        return failure(_complaint(error), self.name)


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: reading them takes longer than many a request."""
    return httpx2.create_ssl_context()


async def _confirm(_request: httpx2.Request) -> None:
    await meter().confirm()


def _complaint(error: openai.APIError) -> Complaint:
    refusal = error if isinstance(error, openai.APIStatusError) else None
    return Complaint(
        status=refusal.status_code if refusal else None,
        code=f"{error.code or ''} {error.type or ''}".lower(),
        param=str(error.param or "").lower(),
        message=error.message.lower(),
        retry_after=retry_after(refusal.response.headers.get("retry-after")) if refusal else None,
    )


def _strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    # The SDK's public way to its strict dialect: every property required, no additional ones, references inlined.
    return openai.pydantic_function_tool(schema)["function"]["parameters"]
