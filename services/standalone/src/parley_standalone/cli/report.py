"""How an answer about a dataset reads: what is said, where each number comes from, and the tables behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from parley_standalone.cli.charts import drawn, figure
from parley_standalone.cli.terminal import line, safe

MOST_ROWS = 10
LONGEST_CELL = 40
UNLIMITED = 100_000
Detail = dict[str, Any]


def answer(result: dict[str, Any]) -> Iterator[RenderableType]:
    """A finished research job, part by part."""
    yield Text(safe(result["direct_answer"]), style="bold")
    if result["findings"]:
        yield heading("Findings")
        yield from map(_finding, result["findings"])
    yield from tables(result["supporting_details"])
    if analysis := result.get("verbose_analysis"):
        yield heading("Analysis")
        yield Text(safe(analysis))
    if result["follow_up_questions"]:
        yield heading("Ask next")
        yield from (Text(f"• {line(each, 300)}") for each in result["follow_up_questions"])
    yield from (Text(f"note: {line(each, 500)}", style="dim") for each in _notes(result))


def tables(details: list[Detail]) -> Iterator[RenderableType]:
    """What each query found, as a table of its first rows and a chart where it has one."""
    for detail in details:
        yield heading(f"{detail['query_id']} · {line(detail['question'], 300)}")
        if detail.get("error"):
            yield Text(f"no result: {line(detail['error'], 500)}", style="red")
            continue
        yield _table(detail)
        if (picture := drawn(detail.get("chart"))) is not None:
            yield picture


def print_all(parts: Iterator[RenderableType], console: Console) -> None:
    """Wrapped for a terminal; elsewhere nothing is cut to a width that is not there."""
    if not console.is_terminal:
        console.width = UNLIMITED
    console.print(Group(*parts), soft_wrap=False)


def heading(text: str) -> RenderableType:
    return Text(f"\n{text}", style="bold cyan")


def _finding(statement: dict[str, Any]) -> RenderableType:
    """The sentence, then the cells its numbers come from, as `q1 · rows 1, 2 · price`."""
    cells: dict[tuple[str, str], set[int]] = {}
    for cited in (number["citation"] for number in statement["numbers"]):
        cells.setdefault((cited["query_id"], line(cited["column"])), set()).add(cited["row"] + 1)
    sources = (
        f"{query} · {'row' if len(rows) == 1 else 'rows'} {', '.join(map(str, sorted(rows)))} · {column}"
        for (query, column), rows in cells.items()
    )
    text = Text(f"• {safe(statement['text'])}")
    return text.append(f"\n  [{'; '.join(sources)}]", style="dim") if cells else text


def _table(detail: Detail) -> RenderableType:
    names = (line(name, LONGEST_CELL) for name in detail["columns"])
    table = Table("row", *(Column(name) for name in names), box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.columns[0].style = "dim"
    shown = detail["rows"][:MOST_ROWS]
    for column, values in zip(table.columns[1:], zip(*shown, strict=True), strict=False):
        if all(isinstance(each, int | float | None) for each in values):
            column.justify = "right"
    for number, row in enumerate(shown, start=1):
        table.add_row(Text(str(number)), *(_shown(cell) for cell in row))
    if (left := detail["row_count"] - len(shown)) > 0:
        return Group(table, Text(f"… {left:,} more rows", style="dim"))
    return table


def _shown(cell: object) -> Text:
    if isinstance(cell, float):
        return Text(figure(cell))
    return Text("–" if cell is None else line(cell, LONGEST_CELL))


def _notes(result: dict[str, Any]) -> Iterator[str]:
    if result.get("cached"):
        yield "this was answered before; the answer was kept"
    if dropped := result.get("dropped"):
        yield f"left out as not supported by the results: {dropped} sentence(s)"
    yield from result.get("notes", ())
