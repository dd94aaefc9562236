"""Charts in characters, and the table that is shipped to try things with."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from parley_standalone.cli.charts import drawn, figure
from parley_standalone.samples import bookshop


def chart(mark: str, values: list[dict[str, Any]], **encoding: dict[str, Any]) -> dict[str, Any]:
    channels = {"x": {"field": "x"}, "y": {"field": "y", "title": "sales"}, **encoding}
    return {"mark": {"type": mark}, "data": {"values": values}, "encoding": channels}


def printed(spec: dict[str, Any]) -> list[str]:
    """The lines of a chart below its title."""
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(drawn(spec))
    title, *lines = [line.rstrip() for line in capture.get().splitlines()]
    assert title == "sales"
    return lines


def test_bars_are_as_long_as_their_values() -> None:
    lines = printed(chart("bar", [{"x": "a", "y": 10}, {"x": "b", "y": 5}, {"x": "c", "y": 0}]))
    assert [line.count("█") for line in lines] == [50, 25, 0]
    assert [line.split()[0] for line in lines] == ["a", "b", "c"]
    assert [line.split()[-1] for line in lines] == ["10", "5", "0"]


def test_bars_of_losses_lie_on_the_other_side_of_zero() -> None:
    loss, gain = printed(chart("bar", [{"x": "a", "y": -10}, {"x": "b", "y": 10}]))
    assert loss.index("█") == 2
    assert gain.index("█") == 2 + 25
    assert loss.count("█") == gain.count("█") == 25


def test_bars_of_a_histogram_are_named_by_both_ends() -> None:
    lines = printed(chart("bar", [{"x": 0, "u": 5, "y": 3}, {"x": 5, "u": 10, "y": 1}], x2={"field": "u"}))
    assert [line.partition("█")[0].strip() for line in lines] == ["0 · 5", "5 · 10"]


def test_many_bars_are_cut_and_counted() -> None:
    lines = printed(chart("bar", [{"x": str(n), "y": n} for n in range(40)]))
    assert (len(lines), lines[-1]) == (16, "… 25 more")


def test_line_rises_from_the_first_to_the_last_place() -> None:
    lines = printed(chart("line", [{"x": f"2025-0{n}", "y": n * 1000.0} for n in range(1, 6)]))
    assert lines[0].startswith("5,000 ┤")
    assert lines[7].startswith("1,000 ┤")
    starts = [min(place for place, sign in enumerate(line[7:]) if ord(sign) >= 0x2800) for line in lines[:8]]
    assert starts == sorted(starts, reverse=True)
    assert lines[8].split() == ["2025-01", "2025-05"]


def test_each_series_has_a_line_and_a_name() -> None:
    values = [{"x": str(n), "y": n if name == "up" else 9 - n, "c": name} for n in range(9) for name in ("up", "down")]
    lines = printed(chart("line", values, color={"field": "c"}))
    assert lines[-2:] == ["━ up", "━ down"]
    assert all(sum(ord(sign) >= 0x2800 for sign in line) >= 2 for line in lines[:8])


@pytest.mark.parametrize("mark", ["bar", "line"])
@pytest.mark.parametrize("values", [[0, 0], [7], [None, 3], [-1, -1]])
def test_flat_short_and_missing_values_are_drawn(mark: str, values: list[Any]) -> None:
    assert printed(chart(mark, [{"x": str(n), "y": value} for n, value in enumerate(values)]))


@pytest.mark.parametrize("spec", [None, chart("point", [{"x": 1, "y": 2}]), chart("bar", [{"x": 1, "y": None}])])
def test_what_is_no_bar_or_line_is_left_out(spec: Any) -> None:
    assert drawn(spec) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(2025, "2025"), (86043.30000000002, "86,043.3"), (0.65111, "0.6511"), (-8.6489, "-8.65"), (3.0, "3"),
     (0.0, "0"), (1e20, "1e+20")],
)  # fmt: skip
def test_figures_are_short(value: float, text: str) -> None:
    assert figure(value) == text


def test_shipped_table_is_what_its_recipe_makes() -> None:
    assert bookshop.FILE.read_text() == bookshop.text()
