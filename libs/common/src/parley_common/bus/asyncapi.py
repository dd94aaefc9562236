"""The AsyncAPI 3 document of the bus, made from the catalog: every key, its message and who takes it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from parley_common.bus import catalog, message

VERSION = "3.0.0"
HEADERS: dict[str, str] = {
    f"{message.CLOUD_EVENTS}specversion": "CloudEvents version, `1.0`",
    f"{message.CLOUD_EVENTS}id": "UUID of this message",
    f"{message.CLOUD_EVENTS}source": "`/parley/<service>`",
    f"{message.CLOUD_EVENTS}type": "the message's key in the catalog",
    f"{message.CLOUD_EVENTS}subject": "UUID of the job",
    f"{message.CLOUD_EVENTS}time": "RFC 3339, when the message was made",
    f"{message.CLOUD_EVENTS}owner": "the user the job belongs to",
    "traceparent": "W3C trace context; only within a trace",
}
OPTIONAL_HEADERS = {"traceparent"}


def asyncapi(*, version: str = "1", server: str = "localhost:5672") -> dict[str, Any]:
    """The document as JSON-able data. `server` is the broker's `host:port`, for the reader's orientation."""
    contracts = list(dict.fromkeys(catalog.CATALOG.values()))
    _, definitions = models_json_schema(
        [(contract, "validation") for contract in contracts], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Parley's message bus",
            "version": version,
            "description": "Commands to, and events from, services.",
        },
        "defaultContentType": "application/json",
        "servers": {"broker": {"host": server, "pathname": "/", "protocol": "amqp", "protocolVersion": "0.9.1"}},
        "channels": {key: _channel(key) for key in catalog.CATALOG},
        "operations": {_operation_id(key): _operation(key) for key in catalog.CATALOG},
        "components": {
            "messages": {key: _message(key) for key in catalog.CATALOG},
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
            "schemas": definitions["$defs"],
        },
    }


def _channel(key: str) -> dict[str, Any]:
    exchange = {"name": _exchange(key), "type": "topic", "durable": True}
    return {
        "address": key,
        "messages": {key: {"$ref": f"#/components/messages/{key}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(key: str) -> dict[str, Any]:
    """Seen from the service whose name the key begins with: it receives its commands and sends its events."""
    return {
        "action": "receive" if _is_command(key) else "send",
        "channel": {"$ref": f"#/channels/{key}"},
        "messages": [{"$ref": f"#/channels/{key}/messages/{key}"}],
    }


def _message(key: str) -> dict[str, Any]:
    contract = catalog.CATALOG[key]
    return {
        "name": key,
        "title": contract.__name__,
        "summary": (contract.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{contract.__name__}"},
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": meaning} for name, meaning in HEADERS.items()},
        "required": [name for name in HEADERS if name not in OPTIONAL_HEADERS],
    }


def _operation_id(key: str) -> str:
    return key.replace(".", "_")


def _exchange(key: str) -> str:
    return message.COMMANDS if _is_command(key) else message.EVENTS


def _is_command(key: str) -> bool:
    return key in catalog.commands(key.split(".", 1)[0])
