"""What is checked of every request before its route sees it: a body of a kind it reads, and text that can be kept.

Text must have no NUL, which PostgreSQL refuses, and no lone surrogate, which UTF-8 cannot express.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import unquote

from fastapi import Request
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import JsonValue
from starlette.requests import HTTPConnection

from parley_common.errors import Invalid
from parley_gateway.problems import UnsupportedMediaType

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_SUSPECTS = (b"\\u0000", b"\\ud")


def require_storable(value: JsonValue) -> None:
    """Raise `Invalid` if any text in a JSON value, names included, cannot be stored and sent on."""
    if isinstance(value, str):
        if not _is_storable(value):
            raise Invalid("Text must not contain NUL characters or lone surrogates.", code="invalid_text")
    elif isinstance(value, dict):
        for name, item in value.items():
            require_storable(name)
            require_storable(item)
    elif isinstance(value, list):
        for item in value:
            require_storable(item)


async def readable_body(connection: HTTPConnection) -> None:
    """415 for a body that its route would not read, rather than a complaint about each missing field."""
    route = connection.scope.get("route")
    if not isinstance(route, APIRoute) or route.body_field is None:
        return
    media = _media_type(connection)
    if isinstance(route.body_field.field_info, Form):
        if media not in _FORMS:
            raise UnsupportedMediaType("This takes a form.")
    elif not _is_json(media) and await cast(Request, connection).body():
        raise UnsupportedMediaType("This takes JSON: send Content-Type: application/json.")


async def storable_text(connection: HTTPConnection) -> None:
    """422 for text that cannot be kept, in the path, the query, the JSON body or the form."""
    require_storable(connection.scope["path"])
    require_storable(unquote(connection.scope.get("query_string", b"").decode("latin-1"), errors="replace"))
    if not isinstance(connection, Request):
        return
    media = _media_type(connection)
    if media in _FORMS:
        for name, value in (await connection.form()).multi_items():
            require_storable([name, value if isinstance(value, str) else value.filename])
    elif _is_json(media):
        body = (await connection.body()).lower()
        if any(suspect in body for suspect in _SUSPECTS):
            require_storable(await connection.json())


def _media_type(connection: HTTPConnection) -> str:
    return connection.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(media: str) -> bool:
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
