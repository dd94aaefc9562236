"""An AsyncAPI document as a plain HTML page, rendered here, with no script and nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/docs/asyncapi.css">
</head>
<body>
<main>
<h1>{title} <small>{version}</small></h1>
<p>{description}</p>
<p><a href="/asyncapi.json">asyncapi.json</a> · <a href="/docs">HTTP</a></p>
{sections}
</main>
</body>
</html>
"""
STYLE = """:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
small, .address { color: GrayText; font-weight: normal; }
section { border-top: 1px solid GrayText; margin-top: 1.5rem; }
pre { overflow: auto; padding: .75rem; border: 1px solid GrayText; border-radius: .4rem; font-size: .85rem; }
"""


def render(document: Mapping[str, Any]) -> str:
    """The whole page for an AsyncAPI 3 document."""
    info = document.get("info", {})
    sections = "\n".join([*_operations(document), *_messages(document), *_schemas(document)])
    return _PAGE.format(
        title=_text(info.get("title", "AsyncAPI")),
        version=_text(info.get("version", "")),
        description=_text(info.get("description", "")),
        sections=sections,
    )


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    channels = document.get("channels", {})
    for name, operation in sorted(document.get("operations", {}).items()):
        channel_name = _last(operation.get("channel"))
        address = channels.get(channel_name, {}).get("address") or channel_name
        messages = ", ".join(_text(_last(message)) for message in operation.get("messages", []))
        yield (
            f"<section><h2>{_text(operation.get('action', ''))} {_text(name)}</h2>"
            f'<p class="address">{_text(address)}</p><p>{_text(operation.get("summary", ""))}</p>'
            f"<p>Messages: {messages}</p></section>"
        )


def _messages(document: Mapping[str, Any]) -> Iterator[str]:
    for name, message in sorted(document.get("components", {}).get("messages", {}).items()):
        yield f'<section id="{_text(name)}"><h2>{_text(message.get("title", name))}</h2>{_json(message)}</section>'


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        yield f"<section><h3>{_text(name)}</h3>{_json(schema)}</section>"


def _json(value: Any) -> str:
    return f"<details><summary>Schema</summary><pre>{_text(json.dumps(value, indent=2))}</pre></details>"


def _last(reference: Any) -> str:
    last = str(reference.get("$ref", "")).rpartition("/")[2] if isinstance(reference, Mapping) else ""
    return last.replace("~1", "/").replace("~0", "~")


def _text(value: object) -> str:
    return escape(str(value))
