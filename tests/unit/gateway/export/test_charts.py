"""What is read from a Vega-Lite specification, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from tests.unit.gateway.export.conftest import chart, months, prices, regions, weights

from parley_gateway.export import Limits
from parley_gateway.export.charts import Chart, Series, read
from parley_gateway.export.drawing import remark
from parley_gateway.export.svg import svg


def made(spec: Any) -> Chart:
    found = read(spec, Limits())
    assert found
    return found


def test_bars_keep_their_order_and_signs() -> None:
    found = made(regions().chart)
    assert (found.kind, found.labels) == ("bar", ("North", "South", ""))
    assert found.series == (Series("", values=(1204.5, -3.0, None)),)


def test_lines_of_two_colours_share_their_labels() -> None:
    found = made(months().chart)
    assert found.kind == "line"
    assert len(found.labels) == 6
    assert [(series.name, series.values) for series in found.series] == [
        ("a", (1.0, 4.0, 9.0, 16.0, 25.0, 36.0)),
        ("b", (1.0, 4.0, 9.0, 16.0, 25.0, 36.0)),
    ]


def test_histogram_counts_every_number_once() -> None:
    found = made(prices().chart)
    assert found.kind == "histogram"
    assert sum(value or 0 for value in found.series[0].values) == 60


def test_bins_made_before_become_a_histogram() -> None:
    x = {"field": "from", "bin": "binned"}
    spec = chart("bar", [{"from": 0, "to": 5, "n": 3}], x, {"field": "n"}, x2={"field": "to"})  # type: ignore[arg-type]
    assert made(spec).labels == ("0 – 5",)
    assert made(spec).kind == "histogram"


def test_scatter_leaves_out_what_is_no_number() -> None:
    spec = weights().chart
    assert spec
    spec = {
        **spec,
        "data": {"values": [{"price": 1, "weight": 2}, {"price": None, "weight": 2}, {"price": "x", "weight": 1}]},
    }
    assert made(spec).series == (Series("", points=((1.0, 2.0),)),)


def test_bars_named_on_the_upright_axis_are_the_same_chart() -> None:
    rows: list[Any] = [{"a": "x", "n": 1}]
    lying = chart("bar", rows, {"field": "n", "type": "quantitative"}, {"field": "a", "type": "nominal"})
    assert made(lying).labels == ("x",)


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "geoshape"},
        {"mark": {"type": "image", "url": "http://evil.example"}},
        {"data": {"url": "http://evil.example"}},
        {"data": {"values": []}},
        {"data": {"values": [1]}},
        {"transform": [{"calculate": "1", "as": "x"}]},
        {"encoding": {"x": {"field": "region"}}},
        {"encoding": {"x": {"field": "region"}, "y": {"field": "total", "aggregate": "sum"}}},
        {"encoding": None},
    ],
)
def test_other_specifications_are_refused(change: dict[str, Any]) -> None:
    assert read({**(regions().chart or {}), **change}, Limits()) is None


@pytest.mark.parametrize("number", [0, -1, 1e-300, 1e99, -1e99, 1e308, float("nan"), 10**400])
@pytest.mark.parametrize("mark", ["bar", "line", "point"])
def test_any_number_can_be_drawn(mark: str, number: Any) -> None:
    rows: list[Any] = [{"a": number, "b": number}, {"a": 1, "b": 2}, {"a": None, "b": None}]
    spec = chart(mark, rows, {"field": "a", "type": "quantitative"}, {"field": "b", "type": "quantitative"})
    places = [value for element in etree.fromstring(svg(made(spec))).iter() for value in element.attrib.values()]
    assert places
    assert not [place for place in places if "nan" in str(place) or "inf" in str(place)]


def test_picture_shows_each_bar_and_names_the_chart() -> None:
    root = etree.fromstring(svg(made(regions().chart)))
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "A bar"
    assert len(root.findall(f".//{space}rect")) == 2


def test_cut_scatter_keeps_points_from_all_over_and_says_so() -> None:
    rows: list[Any] = [{"a": number, "b": number} for number in range(1_001)]
    found = read(chart("point", rows, {"field": "a"}, {"field": "b"}), Limits(points=100))
    assert found
    assert found.series[0].points[-1] == (990.0, 990.0)
    assert found.left_out == 910
    assert remark(found) == "The chart shows only a part of its data."


def test_histogram_is_of_all_numbers_whatever_the_limit() -> None:
    found = read(prices().chart or {}, Limits(points=5))
    assert found
    assert sum(value or 0 for value in found.series[0].values) == 60
    assert remark(found) == ""


def test_description_names_a_chart_without_a_title() -> None:
    x, y = {"field": "c0", "type": "nominal", "sort": None, "title": "Region"}, {"field": "c1", "type": "quantitative"}
    spec: Any = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": "Sales by region",
        "data": {"values": [{"c0": "North", "c1": 2}]},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {"x": x, "y": y},
    }
    assert made(spec) == Chart("bar", "Sales by region", "Region", "c1", ("North",), (Series("", values=(2.0,)),))
