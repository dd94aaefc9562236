"""The bus topology as a RabbitMQ definitions file, so that a broker shows every queue before any service has started.

`make definitions` writes it; the broker's start script fills in the user.
"""

from __future__ import annotations

import json
from typing import Any

import typer

from parley_common.bus import topology
from parley_common.bus.catalog import SERVICES

Definition = dict[str, Any]


def definitions(services: tuple[str, ...] = SERVICES) -> Definition:
    """What `rabbitmqctl import_definitions` takes; `@USER@` and `@PASSWORD_HASH@` are for whoever starts the broker."""
    queues: list[Definition] = []
    bindings: list[Definition] = []
    for queue, exchange, keys in topology.shared_queues(services).values():
        dead = topology.dead_queue(queue.name)
        queues += [_queue(queue.name, queue.arguments), _queue(dead.name, dead.arguments)]
        bindings += [_binding(exchange.name, queue.name, key) for key in keys]
        bindings.append(_binding(topology.DEAD.name, dead.name, queue.name))
    return {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": "@USER@",
                "password_hash": "@PASSWORD_HASH@",
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
        ],
        "permissions": [{"user": "@USER@", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}],
        "exchanges": [_exchange(exchange.name, exchange.type.value) for exchange in topology.EXCHANGES.values()],
        "queues": queues,
        "bindings": bindings,
    }


def render() -> str:
    """The text of `deploy/rabbitmq/definitions.json`."""
    return json.dumps(definitions(), indent=2) + "\n"


def _exchange(name: str, kind: str) -> Definition:
    options = {"durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    return {"name": name, "vhost": "/", "type": kind, **options}


def _queue(name: str, arguments: Any) -> Definition:
    return {"name": name, "vhost": "/", "durable": True, "auto_delete": False, "arguments": dict(arguments or {})}


def _binding(source: str, queue: str, key: str) -> Definition:
    target = {"destination": queue, "destination_type": "queue"}
    return {"source": source, "vhost": "/", **target, "routing_key": key, "arguments": {}}


if __name__ == "__main__":
    typer.echo(render(), nl=False)
