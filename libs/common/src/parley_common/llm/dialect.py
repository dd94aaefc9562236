"""What an endpoint understands of the chat protocol, learnt from its refusals once and remembered.

Compatible endpoints differ in three places: how structured output is asked for, whether a stream reports its usage,
and what the output limit is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pydantic import BaseModel

from parley_common.llm.failures import Complaint
from parley_common.llm.prompting import Message, instruct
from parley_common.llm.structured import schema_instruction, schema_name

_FORMAT_WORDS = (
    "response_format",
    "json_schema",
    "json_object",
    "invalid schema",
    "structured output",
    "json mode",
    "json_validate_failed",
)


class Rung(IntEnum):
    """How structured output is asked for, best first."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PROMPT = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be asked, before it is known how to say it."""

    messages: Sequence[Message]
    schema: type[BaseModel] | None = None
    max_tokens: int | None = None
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Phrased:
    """A request as one HTTP body; `rung` is how it asks for structure."""

    body: dict[str, Any]
    schema: type[BaseModel] | None
    rung: Rung | None


class Dialect:
    """One per client. Every concession is a step down, so that asking again always ends."""

    def __init__(self, *, limit_name: str) -> None:
        self._floor = Rung.JSON_SCHEMA
        self._unfit: dict[str, Rung] = {}
        self._stream_usage = True
        self._limit_name = limit_name

    def phrase(self, request: Request, *, strict_schema: dict[str, Any] | None) -> Phrased:
        """The body for this endpoint, without model and temperature."""
        rung = self._rung(request.schema) if request.schema else None
        messages = request.messages
        if request.schema and rung is not Rung.JSON_SCHEMA:
            messages = instruct(messages, schema_instruction(request.schema))
        body: dict[str, Any] = {"messages": [message.model_dump() for message in messages]}
        if request.schema and rung is Rung.JSON_SCHEMA:
            wanted = {"name": schema_name(request.schema), "schema": strict_schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        if rung is Rung.JSON_OBJECT:
            body["response_format"] = {"type": "json_object"}
        if request.max_tokens is not None:
            body[self._limit_name] = request.max_tokens
        if request.stream and self._stream_usage:
            body["stream_options"] = {"include_usage": True}
        return Phrased(body, request.schema, rung)

    def concede(self, asked: Phrased, complaint: Complaint) -> bool:
        """Learns from a refusal; whether the request is worth another try, phrased anew."""
        if complaint.status not in {400, 422}:
            return False
        if "stream_options" in asked.body and complaint.names("stream_options", "include_usage"):
            self._stream_usage = False
            return True
        if "max_tokens" in asked.body and complaint.mentions("max_completion_tokens"):
            self._limit_name = "max_completion_tokens"
            return True
        if "response_format" in asked.body and complaint.names(*_FORMAT_WORDS):
            self._step_down(asked, one_schema=complaint.mentions("invalid schema", "invalid_json_schema"))
            return True
        return False

    def ignored(self, asked: Phrased) -> None:
        """Prose where JSON was demanded: the endpoint takes the demand and does not heed it."""
        if asked.rung is Rung.JSON_SCHEMA:
            self._step_down(asked)

    def _rung(self, schema: type[BaseModel]) -> Rung:
        return max(self._floor, self._unfit.get(schema_name(schema), Rung.JSON_SCHEMA))

    def _step_down(self, asked: Phrased, *, one_schema: bool = False) -> None:
        # Counted from the rung that was asked on: of several calls refused at once only the first one moves it.
        if asked.rung is None or asked.schema is None or asked.rung is Rung.PROMPT:
            return
        below = Rung(asked.rung + 1)
        if one_schema:
            self._unfit[schema_name(asked.schema)] = below
        else:
            self._floor = max(self._floor, below)
