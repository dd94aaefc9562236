"""What a sub-question asks for, once it is understood: enough to write its SQL and its answer, and nothing else."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from parley_common.contracts.model import Contract

Function = Literal[
    "count",
    "sum",
    "mean",
    "median",
    "min",
    "max",
    "distinct",
    "deviation",
    "variance",
    "quantile",
    "skewness",
    "kurtosis",
    "missing",
]
Part = Literal["year", "quarter", "month", "weekday", "day", "hour"]
Operator = Literal[
    "in", "not in", "<", "<=", ">", ">=", "between", "missing", "present", "latest", "earliest", "either"
]
Shape = Literal[
    "value",
    "summary",
    "groups",
    "top groups",
    "extreme groups",
    "top rows",
    "share",
    "shares",
    "trend",
    "compare",
    "relationship",
    "distribution",
    "outliers",
    "missing",
    "values",
]


class Condition(Contract):
    """What rows must fulfil. `part` compares a part of a date.

    With `either` one of these is enough, and `column` is that of the first. With `than` it is compared with what this
    function says of the whole column.
    """

    column: str
    operator: Operator
    values: list[JsonValue] = Field(default_factory=list)
    part: Part | None = None
    either: list[Condition] = Field(default_factory=list)
    than: Function | None = None


class Measure(Contract):
    """What is computed; `column` is `None` for a count of rows, `at` the quantile from 0 to 1.

    With `over` it is the column as a percentage of that one: for each row, or the sum of the one of the other's. With
    `ratio` it is divided by it, and no percentage. A sum is that of all columns of `plus` as well.
    """

    function: Function
    column: str | None = None
    at: float | None = None
    over: str | None = None
    ratio: bool = False
    plus: tuple[str, ...] = ()


class Key(Contract):
    """What rows are grouped by: a column, or a part of its dates."""

    column: str
    part: Part | None = None


class Ask(Contract):
    """One understood question. `base` are the conditions a share is taken of; `descending` and `limit` rank.

    A `single` value is wanted for each group: where several rows stand for one, nobody said how to combine them. With
    `ratio` the first of the values compared is divided by the second.
    """

    shape: Shape
    measures: list[Measure] = Field(default_factory=list)
    keys: list[Key] = Field(default_factory=list)
    conditions: list[Condition] = Field(default_factory=list)
    base: list[Condition] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    single: bool = False
    ratio: bool = False
    descending: bool = True
    limit: int | None = None
    having: Condition | None = None
    notes: list[str] = Field(default_factory=list)


class Refusal(Contract):
    """Why the data cannot tell; a whole sentence."""

    reason: str


class Found(Contract):
    """A value that a lookup found in a column, and the words of the question it answers to."""

    column: str
    value: JsonValue
    phrase: str


class Lookup(Contract):
    """A question about values the profile does not list: which of the phrases stand in this column."""

    column: str
    sql: str
    phrases: list[str]
