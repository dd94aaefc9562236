"""A result's Vega-Lite bar or line chart, drawn with characters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from parley_standalone.cli.terminal import line

WIDTH, HEIGHT, MOST_BARS = 50, 8, 15
COLORS = ("cyan", "yellow", "magenta", "green", "red", "blue")
# A Braille character is two dots wide and four high; these are the bits of its dots, column by column.
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
Row = dict[str, Any]
Cells = dict[tuple[int, int], tuple[int, str]]


def drawn(chart: dict[str, Any] | None) -> RenderableType | None:
    """The chart for a terminal; `None` where there is none or it is of another kind."""
    draw = {"bar": _bars, "line": _lines}.get(chart["mark"]["type"]) if chart else None
    if not chart or not draw:
        return None
    fields = {name: channel["field"] for name, channel in chart["encoding"].items()}
    rows = [row for row in chart["data"]["values"] if row[fields["y"]] is not None]
    title = Text(line(chart["encoding"]["y"].get("title", "")), style="dim")
    return Group(title, draw(rows, fields)) if rows else None


def figure(value: float) -> str:
    """A number short enough for an axis or a cell."""
    if isinstance(value, int) or abs(value) < 1:
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.6g}"


def _bars(rows: Sequence[Row], fields: dict[str, str]) -> RenderableType:
    """A bar for each row, with its name before and its value behind it; the first of many."""
    values = [row[fields["y"]] for row in rows[:MOST_BARS]]
    low, high = min(0, *values), max(0, *values)
    table = Table.grid(padding=(0, 1))
    for row, value in zip(rows, values, strict=False):
        bar = Bar((high - low) or 1, min(0, value) - low, max(0, value) - low, width=WIDTH, color="cyan")
        names = [str(row[fields[name]]) for name in ("x", "x2", "color") if name in fields]
        table.add_row(Text(line(" · ".join(names), 32)), bar, Text(figure(value), justify="right"))
    more = len(rows) - len(values)
    return Group(table, Text(f"… {more} more", style="dim")) if more else table


def _lines(rows: Sequence[Row], fields: dict[str, str]) -> RenderableType:
    """A line of Braille dots for each series, between the least and the greatest value."""
    places = list(dict.fromkeys(row[fields["x"]] for row in rows))
    values = [row[fields["y"]] for row in rows]
    low, high, right = min(values), max(values), len(places) - 1
    series: dict[str, list[tuple[float, float]]] = {}
    for row, value in zip(rows, values, strict=True):
        dot = places.index(row[fields["x"]]) / (right or 1), (high - value) / ((high - low) or 1)
        series.setdefault(str(row[fields["color"]]) if "color" in fields else "", []).append(dot)
    colors = dict(zip(series, COLORS * len(series), strict=False))
    cells: Cells = {}
    for name, dots in series.items():
        _plot(cells, [(x * (2 * WIDTH - 1), y * (4 * HEIGHT - 1)) for x, y in dots], colors[name])
    return Text("\n").join([*_canvas(cells, {0: figure(high), HEIGHT - 1: figure(low)}, places), *_legend(colors)])


def _plot(cells: Cells, dots: Sequence[tuple[float, float]], color: str) -> None:
    """Join the dots; where two series cross, the later one colours the character."""
    for (x, y), (to_x, to_y) in pairwise(dots if len(dots) > 1 else [*dots, *dots]):
        steps = int(max(abs(to_x - x), abs(to_y - y))) + 1
        for step in range(steps + 1):
            across, down = round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps)
            bits, _ = cells.get((across // 2, down // 4), (0, color))
            cells[across // 2, down // 4] = bits | DOTS[across % 2][down % 4], color


def _canvas(cells: Cells, labels: dict[int, str], places: Sequence[Any]) -> list[Text]:
    edge = max(map(len, labels.values()))
    lines = []
    for y in range(HEIGHT):
        row = [cells.get((x, y), (0, "")) for x in range(WIDTH)]
        drawing = ((chr(0x2800 + bits) if bits else " ", color) for bits, color in row)
        lines.append(Text.assemble(f"{labels.get(y, ''):>{edge}} ┤", *drawing))
    first, last = line(places[0], WIDTH // 2), line(places[-1], WIDTH // 2 - 1)
    return [*lines, Text(f"{'':{edge}}  {first}{last:>{WIDTH - len(first)}}")]


def _legend(colors: dict[str, str]) -> list[Text]:
    return [Text(f"━ {line(name, 40)}", style=color) for name, color in colors.items() if name]
