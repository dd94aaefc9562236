"""What is said on the bus and over `/v1/ws`, as an AsyncAPI 3 document made from the contracts themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from parley_common.bus.catalog import CATALOG, EVENT_TYPES
from parley_common.bus.message import COMMANDS, EVENTS
from parley_gateway.api.socket import Answer, Cancel, Subscribe, Unsubscribe

SOCKET = "/v1/ws"
_REFERENCE = "#/components/schemas/{model}"
_SAID: dict[str, type[BaseModel]] = {
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "answer": Answer,
    "cancel": Cancel,
}


@cache
def document() -> Mapping[str, Any]:
    """The whole document; the catalog is fixed, so it is made once."""
    models: dict[str, type[BaseModel]] = {**CATALOG, **EVENT_TYPES, **_SAID}
    references, definitions = _schemas(models.values())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley messages",
            "version": "1.0.0",
            "description": "Commands and events on RabbitMQ, and the frames of the socket that follows jobs.",
        },
        "defaultContentType": "application/json",
        "channels": {**{key: _bus_channel(key) for key in CATALOG}, SOCKET: _socket_channel()},
        "operations": {**{key: _bus_operation(key) for key in CATALOG}, **_socket_operations()},
        "components": {
            "messages": {name: _message(name, model, references[model]) for name, model in models.items()},
            "schemas": definitions,
        },
    }


def _schemas(models: Iterable[type[BaseModel]]) -> tuple[dict[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    wanted = [(model, "serialization") for model in dict.fromkeys(models)]
    found, definitions = models_json_schema(wanted, ref_template=_REFERENCE)  # type: ignore[arg-type]
    return {cast(type[BaseModel], model): schema for (model, _), schema in found.items()}, definitions["$defs"]


def _message(name: str, model: type[BaseModel], reference: dict[str, Any]) -> dict[str, Any]:
    summary = (model.__doc__ or "").strip().split("\n", 1)[0]
    return {"name": name, "title": name, "summary": summary, "payload": reference}


def _bus_channel(key: str) -> dict[str, Any]:
    exchange = EVENTS if key.partition(".")[2].removesuffix(".v1") in EVENT_TYPES else COMMANDS
    return {
        "address": key,
        "messages": {key: {"$ref": f"#/components/messages/{key}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": exchange, "type": "topic", "durable": True}}},
    }


def _bus_operation(key: str) -> dict[str, Any]:
    return {"action": "send", "channel": _channel(key), "messages": [_message_of(key, key)]}


def _socket_channel() -> dict[str, Any]:
    names = [*_SAID, *EVENT_TYPES]
    return {
        "address": SOCKET,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET"}},
    }


def _socket_operations() -> dict[str, Any]:
    channel = _channel(SOCKET)
    return {
        "clientSays": {
            "action": "receive",
            "summary": "What a client may say.",
            "channel": channel,
            "messages": [_message_of(SOCKET, name) for name in _SAID],
        },
        "clientHears": {
            "action": "send",
            "summary": "Events of the jobs it follows, each once and in order, stored ones first.",
            "channel": channel,
            "messages": [_message_of(SOCKET, name) for name in EVENT_TYPES],
        },
    }


def _channel(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{_pointer(name)}"}


def _message_of(channel: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{_pointer(channel)}/messages/{name}"}


def _pointer(name: str) -> str:
    """RFC 6901, section 3."""
    return name.replace("~", "~0").replace("/", "~1")
