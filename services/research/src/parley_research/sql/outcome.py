"""What came of a query: rows, or why there are none."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

FailureCode = Literal["refused", "timeout", "out_of_memory", "sql_error", "too_large", "crashed"]


class Rows(BaseModel):
    """The first rows of a result, and how many it has; at the highest number that is counted there may be more.

    Cells are rendered as `query` says. `hash` is the SHA-256 of columns and rows as canonical JSON.
    """

    model_config = ConfigDict(frozen=True)

    sql: str
    columns: list[str]
    rows: list[list[JsonValue]]
    row_count: int
    truncated: bool
    hash: str


class Failure(BaseModel):
    """A query without a result; `detail` is a sentence that helps to write a better one."""

    model_config = ConfigDict(frozen=True)

    sql: str
    code: FailureCode
    detail: str


Outcome: TypeAlias = Rows | Failure


class _Answer(BaseModel):
    columns: list[str]
    rows: list[list[JsonValue]]
    row_count: Annotated[int, Field(ge=0)]


class _Error(BaseModel):
    error: FailureCode
    message: str


# What a process wrote that ran a hostile query: nothing about it is taken for granted.
_WRITTEN: TypeAdapter[_Answer | _Error] = TypeAdapter(_Answer | _Error)
_ENDS: dict[str, tuple[FailureCode, str]] = {
    "timeout": ("timeout", "The query took too long. Ask for less: filter or aggregate before joining."),
    "too_large": ("too_large", "The result is too large. Select fewer columns or aggregate."),
}
_CRASHED: tuple[FailureCode, str] = ("crashed", "The query ended its process. Write it in a simpler way.")


def outcome(sql: str, *, end: str, written: bytes, rows: int) -> Outcome:
    """Judge what a query's process left behind; `rows` are the most it was allowed to give back."""
    if end != "answered":
        return _ended(sql, end)
    try:
        read = _WRITTEN.validate_json(written)
    except ValueError:
        return _ended(sql, "crashed")
    if isinstance(read, _Error):
        return Failure(sql=sql, code=read.error, detail=read.message)
    if len(read.rows) > min(rows, read.row_count) or any(len(row) != len(read.columns) for row in read.rows):
        return _ended(sql, "crashed")
    return _rows(sql, read)


def _rows(sql: str, read: _Answer) -> Rows:
    return Rows(
        sql=sql,
        columns=read.columns,
        rows=read.rows,
        row_count=read.row_count,
        truncated=read.row_count > len(read.rows),
        hash=_hash({"columns": read.columns, "rows": read.rows}),
    )


def _hash(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _ended(sql: str, end: str) -> Failure:
    code, detail = _ENDS.get(end, _CRASHED)
    return Failure(sql=sql, code=code, detail=detail)
