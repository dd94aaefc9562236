"""A chart can only be one of four closed shapes over columns of its result."""

from __future__ import annotations

from typing import Any

import pytest

from parley_research.domain.charts import Chart, ChartRefused, specification, validated
from parley_research.domain.results import Result

RESULT = Result(query_id="q1", columns=["a.b[0]", "n"], rows=[["x", 1], ["y", 2], ["z", 3]], row_count=3)


def spec(**changes: Any) -> dict[str, Any]:
    return {**specification(Chart(shape="bar", x="a.b[0]", y="n"), RESULT, most=10), **changes}


def test_a_chart_of_known_columns_is_valid_and_holds_its_data() -> None:
    chart = validated(spec())
    assert chart["data"] == {"values": [{"c0": "x", "c1": 1}, {"c0": "y", "c1": 2}, {"c0": "z", "c1": 3}]}


def test_rows_are_capped() -> None:
    chart: dict[str, Any] = specification(Chart(shape="line", x="a.b[0]", y="n"), RESULT, most=2)
    assert len(chart["data"]["values"]) == 2


@pytest.mark.parametrize(("x", "y"), [("missing", "n"), ("n", "a.b[0]")])
def test_columns_that_are_not_there_or_hold_no_amounts_are_refused(x: str, y: str) -> None:
    with pytest.raises(ChartRefused):
        specification(Chart(shape="bar", x=x, y=y), RESULT, most=10)


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"url": "file:///etc/passwd"}},
        {"data": {"values": [{"c0": {"signal": "1"}}]}},
        {"transform": [{"calculate": "1+1", "as": "c0"}]},
        {"params": []},
        {"mark": {"type": "image", "tooltip": True}},
        {"mark": {"type": "bar", "tooltip": True, "href": "x"}},
        {"encoding": {"x": {"field": "c0", "type": "nominal", "condition": {"test": "1"}}}},
        {"encoding": {"x": {"field": "other", "type": "nominal"}}},
        {"encoding": {"url": {"field": "c0", "type": "nominal"}}},
        {"encoding": {"x": {"field": "c0", "type": "nominal", "scale": {"domain": {"expr": "1"}}}}},
        {"$schema": "https://elsewhere.example/schema.json"},
    ],
)
def test_anything_beyond_the_closed_shapes_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ChartRefused):
        validated(spec(**changes))
