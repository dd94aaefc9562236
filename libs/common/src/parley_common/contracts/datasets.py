"""A table somebody uploaded: what it holds, and how it was read."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from parley_common.contracts.model import Contract

ColumnType = Literal["integer", "number", "boolean", "date", "timestamp", "time", "text"]
# The kinds of blobs there are of a dataset: what was sent, its Parquet file, its profile, and answers to questions.
UPLOAD: Final = "upload"
TABLE: Final = "table"
PROFILE: Final = "profile"
ANSWER: Final = "answer"

Format = Literal["csv", "tsv", "json", "ndjson", "parquet", "xlsx"]


class LoadDataset(Contract):
    """Make one Parquet file and its profile of an uploaded file; `upload` is its key in the blob store."""

    dataset: UUID
    upload: str
    filename: Annotated[str, StringConstraints(max_length=255)]


class Top(Contract):
    """One frequent value of a column, and how many rows have it."""

    value: JsonValue
    count: int


class Column(Contract):
    """One column: its name as it is in the file, its type, and what its values are like.

    `read_as` says, in words, what reading changed ("yes/no as true/false", "31.12.2024 as a date"); `None` when the
    values are as they were. `minimum` and `maximum` are given for all types but text and boolean (times as ISO 8601),
    `mean` for numbers. `missing` counts nulls. `top` holds the most frequent values of text, boolean and
    low-cardinality columns, `samples` a few values as they stand in the table.
    """

    name: str
    type: ColumnType
    read_as: str | None = None
    missing: int = 0
    distinct: int = 0
    minimum: JsonValue = None
    maximum: JsonValue = None
    mean: float | None = None
    top: list[Top] = Field(default_factory=list)
    samples: list[JsonValue] = Field(default_factory=list)


class Outline(Contract):
    """What may be told of a table for ever: nothing that stands in it.

    `hash` is the SHA-256 of its Parquet file; `size` that of the upload, in bytes.
    """

    format: Format
    rows: int
    hash: str
    size: int


class Profile(Outline):
    """What a table is like. `notes` say, in words, what reading the file as a whole changed or left out."""

    columns: list[Column]
    notes: list[str] = Field(default_factory=list)


class LoadedDataset(Contract):
    """The result of loading: `table` is the key of the Parquet file in the blob store.

    Events are kept and a dataset can be deleted, so that its whole profile is a blob, which goes with it.
    """

    dataset: UUID
    table: str
    profile: Outline
