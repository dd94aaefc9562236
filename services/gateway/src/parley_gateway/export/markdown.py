"""Markdown for any reader of CommonMark with tables. No text in it can become markup, a link, an image or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parley_gateway.export.charts import Chart
from parley_gateway.export.report import Passage, Query, Report, marked
from parley_gateway.export.text import is_number, shown

# All that has a meaning somewhere in a line; `:` and `@` only where a bare address would become a link.
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#|~$^!{}]|:(?=//)|@|(?<=www)\.|(?<=mailto):|(?<=xmpp):", re.IGNORECASE)
_LINE_START = re.compile(r"^([-+](?=[\s-]|$)|=|:|\d+(?=[.)](?:\s|$)))")
_BAR, _BARS = 24, 30


def render(report: Report) -> bytes:
    return ("\n\n".join(blocks(report)) + "\n").encode()


def blocks(report: Report) -> Iterator[str]:
    """The document block by block, as notebooks take it as well."""
    yield f"# {flat(report.question)}"
    yield facts(report)
    yield from answer(report)
    for query in report.queries:
        yield from heading(query)
        yield from _table(query, report.limits.cell)
        yield from _chart(query)
    yield from rest(report)


def facts(report: Report) -> str:
    return "\n".join(f"- {name}: {flat(value)}" for name, value in report.facts)


def answer(report: Report) -> Iterator[str]:
    """The answer, the findings and the cells that their numbers come from."""
    yield "## Answer"
    if not report.answered:
        yield "The data could not answer this question in full."
    yield passage(report.answer)
    yield from _list("Findings", (passage(finding) for finding in report.findings))
    labels = (f"\\[{source.number}\\] {flat(source.label)} = {flat(source.value)}" for source in report.sources)
    yield from _list("Sources", labels)


def heading(query: Query) -> Iterator[str]:
    """What precedes a query's result: its question, its SQL, and why it failed where it did."""
    yield f"## {flat(query.id)}: {flat(query.title)}"
    yield fenced(query.sql, "sql")
    if query.error is not None:
        yield f"This query failed: {flat(query.error)}"


def rest(report: Report) -> Iterator[str]:
    yield from _list("Follow-up questions", map(flat, report.follow_ups))
    if report.analysis:
        yield "## Analysis"
        yield lines(report.analysis)
    yield from _list("Notes", map(flat, report.notes))


def passage(passage: Passage) -> str:
    return flat(marked(passage))


def flat(text: str) -> str:
    """Text as one line that says what it says and nothing more."""
    line = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _LINE_START.sub(_escaped_start, line)


def lines(text: str) -> str:
    return "\n\n".join(line for part in text.split("\n") if (line := flat(part)))


def fenced(text: str, language: str) -> str:
    """A block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped_start(found: re.Match[str]) -> str:
    start = found.group()
    return f"{start}\\" if start.isdigit() else f"\\{start}"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    said = [f"- {item or '–'}" for item in items]
    if said:
        yield f"## {title}"
        yield "\n".join(said)


def _table(query: Query, limit: int) -> Iterator[str]:
    if query.columns:
        numbers = [any(is_number(row[place]) for row in query.rows) for place in range(len(query.columns))]
        rows = [
            _cells(["#", *map(flat, query.columns)]),
            _cells(["--:", *("--:" if number else ":--" for number in numbers)]),
            *(
                _cells([str(number), *(flat(shown(cell, limit)) for cell in row)])
                for number, row in enumerate(query.rows, 1)
            ),
        ]
        yield "\n".join(rows)
    if query.left_out:
        yield query.left_out


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _chart(query: Query) -> Iterator[str]:
    """Bars of block characters: a picture that every reader of text shows."""
    chart = query.chart
    if query.chart_left_out or (chart and (chart.kind == "scatter" or len(chart.series) > 1)):
        yield "The chart of this result does not fit into text."
    elif chart:
        yield fenced("\n".join(_bars(chart)), "text")


def _bars(chart: Chart) -> Iterator[str]:
    pairs = [
        (label, value) for label, value in zip(chart.labels, chart.series[0].values, strict=True) if value is not None
    ]
    wide = max(len(label[:30]) for label, _ in pairs[:_BARS])
    largest = max(abs(value) for _, value in pairs) or 1.0
    yield f"{chart.title or f'{chart.y} by {chart.x}'}"
    for label, value in pairs[:_BARS]:
        yield f"{label[:30]:<{wide}} {'█' * round(abs(value) / largest * _BAR)} {shown(value, 30)}"
    if more := max(0, len(pairs) - _BARS) + chart.left_out:
        yield f"… and {more:,} more"
