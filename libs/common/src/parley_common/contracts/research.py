"""What research takes and gives: a question about a dataset in, an answer whose numbers name their queries out."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from parley_common.contracts.jobs import JsonObject, Mode, Usage
from parley_common.contracts.model import Contract

QuestionKind = Literal["aggregate", "comparison", "trend", "distribution", "relationship", "outlier", "unanswerable"]


class Research(Contract):
    """A question about one dataset; `table` and `hash` are the key of its Parquet file and its SHA-256.

    `name` is what its owner called the file: it may say what a row is.
    """

    dataset: UUID
    name: Annotated[str, StringConstraints(max_length=255)] = ""
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
    verbose: bool = False
    review_plan: bool = False
    table: str
    hash: str


class SubQuestion(Contract):
    """One part of the question, and what sort of query answers it."""

    id: str
    text: str
    kind: QuestionKind | None = None


class Citation(Contract):
    """Where a number comes from: a cell of a query's result. `row` counts from 0."""

    query_id: str
    row: int
    column: str


class CitedNumber(Contract):
    """A number as it stands in a text, characters `start` to `end`, and the cell it was rounded from."""

    start: int
    end: int
    value: float
    citation: Citation


class Statement(Contract):
    """A sentence or more, with every number in it traced."""

    text: str
    numbers: list[CitedNumber] = Field(default_factory=list)


class Detail(Contract):
    """One query and what it found. `rows` are at most as many as the settings allow, `row_count` is all of them.

    `hash` is the SHA-256 of the result as canonical JSON, `chart` a Vega-Lite specification with its data inline.
    `error` says why a query has no result.
    """

    query_id: str
    question: str
    kind: QuestionKind
    sql: str
    columns: list[str] = Field(default_factory=list)
    rows: list[list[JsonValue]] = Field(default_factory=list)
    row_count: int = 0
    hash: str = ""
    chart: JsonObject | None = None
    error: str | None = None


class Researched(Contract):
    """The result. `answer` and `findings` are `direct_answer` and `key_findings` with their numbers traced."""

    main_question: str
    direct_answer: str
    key_findings: list[str] = Field(default_factory=list)
    supporting_details: list[Detail] = Field(default_factory=list)
    follow_up_questions: list[str] = Field(default_factory=list)
    verbose_analysis: str | None = None
    answered: bool
    answer: Statement
    findings: list[Statement] = Field(default_factory=list)
    plan: list[SubQuestion] = Field(default_factory=list)
    dropped: int = 0
    notes: list[str] = Field(default_factory=list)
    cached: bool = False
    mode: Mode
    model: str | None = None
    usage: Usage = Field(default_factory=Usage)
