"""What the test model is told to do: rules that match a call, each with a behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Format = Literal["text", "json_schema", "json_object"]
Endpoint = Literal["chat", "embeddings"]


class Behaviour(BaseModel):
    """What to do with a call. Without `text` and `value` the answer is the default one, so that wrapping it is easy.

    Before its headers (`pause_after=0`), or once so many chunks are out, a call can be held: at `gate` until a test
    opens it, with `stall` until the client leaves. `break_after` chunks it ends in an error frame if there is an
    `error`, else by closing the connection. `finish=None` ends a stream cleanly, but without a finish reason.
    `delay` is in seconds, for each chunk of a stream and for any other answer as a whole.
    """

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    value: JsonValue = None
    before: str = ""
    after: str = ""
    cut_at: int | None = None
    refusal: str | None = None
    finish: str | None = "stop"
    usage: bool = True
    raw: str | None = None

    status: int = 200
    retry_after: str | None = None
    error: dict[str, JsonValue] | None = None

    gate: str | None = None
    stall: bool = False
    pause_after: int = 0
    chunk: int = Field(8, ge=1)
    delay: float = 0.0
    break_after: int | None = None


class Rule(Behaviour):
    """A behaviour and the calls it is for; of several that match, the first still in force is used.

    `times=1` makes a queue of rules, `times=None` one that stays. `contains` is looked for in the messages or
    the texts to embed, `format` is the requested response format, `schema_name` the name of the requested JSON schema.
    A rule is for one `endpoint`, so that scripting answers leaves embeddings alone.
    """

    name: str = "unnamed"
    endpoint: Endpoint = "chat"
    times: int | None = 1
    contains: str | None = None
    schema_name: str | None = None
    format: Format | None = None
    stream: bool | None = None

    def matches(self, asked: Asked) -> bool:
        return (
            self.times != 0
            and self.endpoint == asked.endpoint
            and (self.contains is None or self.contains in asked.text)
            and (self.schema_name is None or self.schema_name == asked.schema_name)
            and (self.format is None or self.format == asked.format)
            and (self.stream is None or self.stream == asked.stream)
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as rules and default answers care."""

    body: dict[str, Any]
    endpoint: Endpoint = "chat"

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def reports_usage(self) -> bool:
        return not self.stream or bool((self.body.get("stream_options") or {}).get("include_usage"))

    @property
    def text(self) -> str:
        said = [str(message.get("content", "")) for message in self.body.get("messages", [])]
        return "\n".join(said + self.inputs)

    @property
    def inputs(self) -> list[str]:
        """The texts to be embedded."""
        given: str | list[str] = self.body.get("input", [])
        return [given] if isinstance(given, str) else given

    @property
    def format(self) -> Format:
        kind: Format = (self.body.get("response_format") or {}).get("type", "text")
        return kind

    @property
    def schema_name(self) -> str | None:
        return self._json_schema.get("name")

    @property
    def schema(self) -> dict[str, Any] | None:
        return self._json_schema.get("schema")

    @property
    def last_user_message(self) -> str:
        said = [message["content"] for message in self.body.get("messages", []) if message.get("role") == "user"]
        return said[-1] if said else ""

    @property
    def _json_schema(self) -> dict[str, Any]:
        return (self.body.get("response_format") or {}).get("json_schema") or {}


class Script:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rules: list[Rule]) -> None:
        self._rules.extend(rules)

    def forget(self) -> None:
        self._rules.clear()

    def take(self, asked: Asked) -> Rule:
        """The rule for a call, used up by one; the default behaviour if none matches."""
        for rule in self._rules:
            if rule.matches(asked):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return Rule(name="default")
