"""What every format shows, put in order once: texts cut to size, numbers tied to numbered sources, charts read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from parley_common.contracts.research import Citation, Detail, Researched, Statement
from parley_gateway.export.charts import Chart, read
from parley_gateway.export.limits import Limits
from parley_gateway.export.text import clean, one_line, shown


@dataclass(frozen=True)
class Piece:
    """Some text, and the number of the source its end is taken from."""

    text: str
    source: int | None = None


Passage = tuple[Piece, ...]


def marked(passage: Passage) -> str:
    """The text with the numbers of its sources in brackets."""
    return "".join(piece.text + (f" [{piece.source}]" if piece.source else "") for piece in passage)


@dataclass(frozen=True)
class Source:
    """A cell that a number in the text was rounded from. `row` counts from 1, as tables do; `value` is unrounded."""

    number: int
    query_id: str
    row: int
    column: str
    value: str

    @property
    def label(self) -> str:
        return f"{self.query_id}: row {self.row}, {self.column}"


@dataclass(frozen=True)
class Query:
    """One query's section. `columns` and `rows` are cut to the limits, `left_out` says what is missing."""

    number: int
    id: str
    title: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]
    left_out: str
    hash: str
    chart: Chart | None
    chart_left_out: bool
    error: str | None


@dataclass(frozen=True)
class Report:
    """The whole of it, in reading order."""

    question: str
    facts: tuple[tuple[str, str], ...]
    answered: bool
    answer: Passage
    findings: tuple[Passage, ...]
    sources: tuple[Source, ...]
    queries: tuple[Query, ...]
    follow_ups: tuple[str, ...]
    analysis: str
    notes: tuple[str, ...]
    limits: Limits
    result: Researched
    dataset_name: str
    dataset_hash: str
    asked_at: datetime
    completed_at: datetime


def report(
    result: Researched,
    *,
    dataset_name: str,
    dataset_hash: str,
    asked_at: datetime,
    completed_at: datetime,
    limits: Limits,
) -> Report:
    """The report of a result; the times need a zone."""
    sources = _Sources(limits)
    answer = sources.passage(result.answer if result.answer.text else Statement(text=result.direct_answer))
    findings = result.findings or [Statement(text=finding) for finding in result.key_findings]
    facts = (
        ("Dataset", one_line(dataset_name, limits.name)),
        ("SHA-256 of the dataset", one_line(dataset_hash, limits.name)),
        ("Asked", _moment(asked_at)),
        ("Completed", _moment(completed_at)),
        ("Mode", result.mode.value + (", from an earlier answer" if result.cached else "")),
        ("Model", one_line(result.model or "none", limits.name)),
    )
    return Report(
        question=clean(result.main_question, limits.text),
        facts=facts,
        answered=result.answered,
        answer=answer,
        findings=tuple(sources.passage(finding) for finding in findings),
        sources=tuple(sources.known.values()),
        queries=tuple(
            _query(number, detail, limits) for number, detail in enumerate(result.supporting_details, start=1)
        ),
        follow_ups=tuple(clean(question, limits.text) for question in result.follow_up_questions),
        analysis=clean(result.verbose_analysis or "", limits.text),
        notes=(*(clean(note, limits.text) for note in result.notes), *_dropped(result.dropped)),
        limits=limits,
        result=result,
        dataset_name=dataset_name,
        dataset_hash=dataset_hash,
        asked_at=asked_at,
        completed_at=completed_at,
    )


class _Sources:
    """Numbers the cells in the order in which the text cites them, the same cell once."""

    def __init__(self, limits: Limits) -> None:
        self.known: dict[tuple[str, int, str], Source] = {}
        self._limits = limits

    def passage(self, statement: Statement) -> Passage:
        return tuple(self._pieces(statement))

    def _pieces(self, statement: Statement) -> Iterator[Piece]:
        text, at = statement.text[: self._limits.text], 0
        for number in sorted(statement.numbers, key=lambda number: number.start):
            if not at <= number.start < number.end <= len(text):
                continue
            yield Piece(self._fit(text[at : number.end]), self._source(number.citation, number.value))
            at = number.end
        if at < len(text) or not at:
            yield Piece(self._fit(text[at:]))

    def _source(self, citation: Citation, value: float) -> int:
        key = (citation.query_id, citation.row, citation.column)
        if key not in self.known:
            name = self._limits.name
            query, column = one_line(citation.query_id, name), one_line(citation.column, name)
            self.known[key] = Source(len(self.known) + 1, query, citation.row + 1, column, shown(value, name))
        return self.known[key].number

    def _fit(self, text: str) -> str:
        return clean(text, self._limits.text)


def _query(number: int, detail: Detail, limits: Limits) -> Query:
    columns = tuple(one_line(column, limits.name) for column in detail.columns[: limits.columns])
    most = min(limits.rows, limits.cells // max(1, len(columns)))
    rows = tuple(_row(row, len(columns)) for row in detail.rows[:most])
    chart = read(detail.chart, limits) if detail.chart else None
    return Query(
        number=number,
        id=one_line(detail.query_id, limits.name),
        title=clean(detail.question, limits.text),
        sql=clean(detail.sql, limits.sql),
        columns=columns,
        rows=rows,
        left_out=left_out(detail, len(rows), len(columns)),
        hash=one_line(detail.hash, limits.name),
        chart=chart,
        chart_left_out=bool(detail.chart) and chart is None,
        error=clean(detail.error, limits.text) if detail.error is not None else None,
    )


def _row(row: list[JsonValue], width: int) -> tuple[JsonValue, ...]:
    return (*row[:width], *([None] * (width - len(row))))


def left_out(detail: Detail, rows: int, columns: int) -> str:
    """What a table of so many rows and columns does not show, or nothing."""
    total = max(detail.row_count, len(detail.rows))
    parts: Iterable[tuple[int, int, str]] = ((rows, total, "rows"), (columns, len(detail.columns), "columns"))
    said = [f"{some:,} of {every:,} {things}" for some, every, things in parts if some < every]
    return f"Shown are {' and '.join(said)}." if said else ""


def _dropped(count: int) -> tuple[str, ...]:
    return (f"{count:,} statements were left out because their numbers could not be traced.",) if count else ()


def _moment(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
