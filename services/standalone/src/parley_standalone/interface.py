"""The OpenAPI document as a file, for clients that are generated from it: `python -m parley_standalone.interface`."""

from __future__ import annotations

import json

import typer

from parley_gateway.app import create_app
from parley_gateway.settings import GatewaySettings


def render() -> str:
    """What a gateway serves at `/openapi.json`, in a stable order."""
    return json.dumps(create_app(GatewaySettings()).openapi(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    typer.echo(render(), nl=False)
