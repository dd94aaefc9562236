"""Default answers: an instance of the schema that was asked for, or the fields that were given, as text."""

from __future__ import annotations

import json
import math
from typing import Any

from parley_common.testing.model_server.script import Asked

Schema = dict[str, Any]

_FORMATS = {
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "email": "sample@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def default_answer(asked: Asked) -> str:
    if asked.schema is not None:
        return json.dumps(instance(asked.schema))
    return echo(asked.last_user_message)


def echo(message: str) -> str:
    """The values in the message, word for word; the message itself if it is not a JSON object."""
    try:
        fields = json.loads(message)
    except ValueError:
        fields = message
    if not isinstance(fields, dict):
        return f"The test model read: {message}"
    told = [f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in fields.items()]
    return "\n".join(["The test model read", *told])


def instance(schema: Schema) -> Any:
    """A small valid instance, always the same one; `pattern` aside, what pydantic writes into schemas is honoured."""
    return _Sampler(schema).value(schema, "value")


class _Sampler:
    def __init__(self, root: Schema) -> None:
        self._root = root

    def value(self, schema: Schema, name: str) -> Any:
        schema = self._resolved(schema)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        if "enum" in schema:
            return schema["enum"][0]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.value(self._simplest(options), name)
        return self._typed(schema, name)

    def _resolved(self, schema: Schema) -> Schema:
        merged = dict(schema)
        while reference := merged.pop("$ref", None):
            target: Any = self._root
            for part in reference.removeprefix("#/").split("/"):
                target = target[part]
            merged = {**target, **merged}
        for part in merged.pop("allOf", []):
            merged = {**self._resolved(part), **merged}
        return merged

    def _simplest(self, options: list[Schema]) -> Schema:
        return next((option for option in options if option.get("type") == "null"), options[0])

    def _typed(self, schema: Schema, name: str) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                properties: Schema = schema.get("properties", {})
                wanted = schema.get("required", [])
                return {key: self.value(part, key) for key, part in properties.items() if key in wanted}
            case "array":
                return self._items(schema, name)
            case "integer" | "number" as number:
                return _number(schema, whole=number == "integer")
            case "boolean":
                return False
            case "null":
                return None
        return _string(schema, name)

    def _items(self, schema: Schema, name: str) -> list[Any]:
        fixed = [self.value(item, name) for item in schema.get("prefixItems", [])]
        missing = schema.get("minItems", 0) - len(fixed)
        return fixed + [self.value(schema.get("items", {}), f"{name} {number}") for number in range(1, missing + 1)]


def _number(schema: Schema, *, whole: bool) -> float:
    low, high = _bound(schema, "inimum"), _bound(schema, "aximum")
    step: float = schema.get("multipleOf", 1)
    if low is None:
        return 0 if high is None else min(0, (math.floor(high / step) - 1) * step)
    if high is None or whole:
        steps = math.ceil(low / step) if "minimum" in schema else math.floor(low / step) + 1
        return steps * step
    return (low + high) / 2


def _bound(schema: Schema, which: str) -> float | None:
    return schema.get(f"m{which}", schema.get(f"exclusiveM{which}"))


def _string(schema: Schema, name: str) -> str:
    if text := _FORMATS.get(schema.get("format", "")):
        return text
    text = f"sample {name.replace('_', ' ')}"
    text = text.ljust(schema.get("minLength", 0), ".")
    return text[: schema.get("maxLength", len(text))]
