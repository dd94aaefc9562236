"""What the model is told at each stage, and the shape its answers must have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from parley_common.contracts.research import QuestionKind
from parley_research.domain.charts import Chart

_TABLE = """
There is one table, named data. `profile` describes its columns: type, range, frequent values and samples.
"""

_SQL = """
Write DuckDB SQL: exactly one SELECT (WITH is allowed), from the table data only, no other function that returns a table
than unnest. Quote every column name with double quotes, exactly as it stands in the profile. Name every result column
plainly. Return few rows: aggregate, order, and use LIMIT. Count nulls where they matter. Express shares in percent.
A chart, where a picture says more than the numbers, names columns of the result.
"""

_NUMBERS = """
Write plain sentences. For every number in a sentence say where it comes from: `written` is the number exactly as it
stands in the text, then the query, the row (counted from 0) and the column that hold it. Round as you like, but never
calculate, estimate or recall a number: what no result holds is not said. A percentage cites a cell that holds percent.
"""

DECOMPOSE = f"""
Break a question about a table into the parts that have to be answered: as few as it takes, at most eight, one alone if
the question is simple. Each part must be a question of its own that one query can answer.
{_TABLE}
"""

CLASSIFY = f"""
Say what sort of query answers each part: aggregate, comparison, trend, distribution, relationship, outlier, or
unanswerable. A part is unanswerable if the table does not hold what it asks about: causes, the future, opinions, or
things no column is about. Never bend a part into something that the table happens to hold.
{_TABLE}
"""

WRITE = f"""
Write one query for each part of the question.
{_TABLE}{_SQL}
"""

MEND = f"""
A query failed; `error` says why. Write it anew so that it answers the same question. Leave `sql` empty if the table
cannot answer it.
{_TABLE}{_SQL}
"""

FOLLOW_UP = f"""
These results answer a question. Find their largest or most surprising effects, and write at most three queries that
look closer at them: what they consist of, where they come from, whether they hold in every group. None if there is
nothing to look closer at.
{_TABLE}{_SQL}
"""

SYNTHESIZE = f"""
Answer the question from the results, directly and in one to three sentences; then give up to six findings of one
sentence each, the most important first. If the results do not answer the question, set `answered` to false and say in
`answer` what the data cannot tell, and why. Parts that are unanswerable must be said to be so.
{_NUMBERS}
"""

CORRECT = f"""
Some numbers of this text are in no result; `wrong` says which and why. Write the text again without them: correct what
a result does hold, leave out what none does.
{_NUMBERS}
"""

SUGGEST = f"""
Suggest three to five short questions that are worth asking next, which this table can answer.
{_TABLE}
"""

ANALYSE = f"""
Write a longer analysis of what was found, for somebody who has time: how the results fit together, how sure one can be,
what the data leaves open. Ten to twenty sentences.
{_NUMBERS}
"""


class Decomposed(BaseModel):
    parts: list[str]


class ClassifiedPart(BaseModel):
    id: str
    kind: QuestionKind


class Classified(BaseModel):
    parts: list[ClassifiedPart]


class WrittenQuery(BaseModel):
    part: str
    sql: str
    chart: Chart | None = None


class WrittenQueries(BaseModel):
    queries: list[WrittenQuery]


class MendedQuery(BaseModel):
    sql: str
    chart: Chart | None = None


class FurtherQuery(BaseModel):
    question: str
    kind: QuestionKind
    sql: str
    chart: Chart | None = None


class FurtherQueries(BaseModel):
    queries: list[FurtherQuery]


class CitedAs(BaseModel):
    written: str
    query: str
    row: int
    column: str


class Sentence(BaseModel):
    text: str
    numbers: list[CitedAs]


class Synthesized(BaseModel):
    answered: bool
    answer: Annotated[list[Sentence], Field(min_length=1)]
    findings: list[Sentence]


class Suggested(BaseModel):
    questions: list[str]


class Analysed(BaseModel):
    sentences: list[Sentence]
