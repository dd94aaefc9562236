"""Names and values inside SQL, whatever they hold: quotes, SQL or ten kilobytes of it."""

from __future__ import annotations

import math

from pydantic import JsonValue

TABLE = "data"


def identifier(name: str) -> str:
    """A name in double quotes, in which only the quote itself has a meaning; NUL cannot stand in a name."""
    if "\0" in name:
        raise ValueError("A column name cannot hold a NUL character.")
    return '"' + name.replace('"', '""') + '"'


def literal(value: JsonValue) -> str:
    """A JSON scalar as a constant of SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"No constant of SQL for {type(value).__name__}.")


def _real(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("Only finite numbers can be compared with.")
    return repr(value)


def _text(value: str) -> str:
    return "'" + value.replace("\0", "").replace("'", "''") + "'"
