"""Pictures of results as Vega-Lite: four closed shapes with their data inside, and a check that nothing else passes.

A chart may come from a model: it can only choose a shape and columns of the result. Expressions, URLs and transforms
cannot be said, because no field of `Chart` holds them and `validated` knows every key a specification may have.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from pydantic import Field, JsonValue

from parley_common.contracts.jobs import JsonObject
from parley_common.contracts.model import Contract
from parley_research.domain.results import Result

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
Shape = Literal["bar", "line", "histogram", "scatter"]
FieldType = Literal["quantitative", "temporal", "ordinal", "nominal"]

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}|$)")
_MARKS: dict[str, str] = {"bar": "bar", "line": "line", "histogram": "bar", "scatter": "point"}
_TOP = {"$schema", "description", "data", "mark", "encoding"}
_CHANNELS = {"x", "y", "x2", "color", "tooltip"}
_CHANNEL = {"field", "type", "title", "sort", "scale", "bin"}


class Chart(Contract):
    """What may be chosen: a shape, and which columns go where; `upper` ends the bars of a histogram."""

    shape: Shape
    x: str
    y: str
    upper: str | None = None
    color: str | None = None
    title: str = Field(default="", max_length=200)


class ChartRefused(ValueError):
    """The chart cannot be drawn from this result; the text says why."""


def specification(chart: Chart, result: Result, *, most: int) -> JsonObject:
    """The Vega-Lite specification of a chart, with at most `most` rows of the result inline."""
    used = [each for each in (chart.x, chart.y, chart.upper, chart.color) if each]
    unknown = [each for each in used if each not in result.columns]
    if unknown:
        raise ChartRefused(f"The result has no column {unknown[0]!r}.")
    if not _amounts(result, chart.y):
        raise ChartRefused(f"{chart.y!r} holds no amounts to draw.")
    # Vega reads dots and brackets of a field as a path into it: columns get plain names, titles keep theirs.
    plain = {column: f"c{index}" for index, column in enumerate(dict.fromkeys(used))}
    rows: list[JsonValue] = [
        {plain[column]: result.rows[row][result.columns.index(column)] for column in plain}
        for row in range(min(most, len(result.rows)))
    ]
    encoding: JsonObject = {
        "x": _channel(chart.x, plain, _x_type(chart, result), sort=chart.shape == "bar"),
        "y": _channel(chart.y, plain, "quantitative", zero=chart.shape != "scatter"),
    }
    if chart.upper:
        encoding["x2"] = {"field": plain[chart.upper]}
        encoding["x"] = {**_channel(chart.x, plain, "quantitative"), "bin": "binned"}
    if chart.color:
        encoding["color"] = _channel(chart.color, plain, "nominal")
    mark: JsonObject = {"type": _MARKS[chart.shape], "tooltip": True}
    return {
        "$schema": SCHEMA,
        "description": chart.title,
        "data": {"values": rows},
        "mark": mark,
        "encoding": encoding,
    }


def _channel(
    column: str, plain: dict[str, str], kind: FieldType, *, sort: bool = False, zero: bool = True
) -> JsonObject:
    channel: JsonObject = {"field": plain[column], "type": kind, "title": column[:120]}
    if sort:
        channel["sort"] = None  # as the query ordered them
    if kind == "quantitative" and not zero:
        channel["scale"] = {"zero": False}
    return channel


def _amounts(result: Result, column: str) -> bool:
    place = result.columns.index(column)
    cells = [row[place] for row in result.rows if row[place] is not None]
    return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


def _x_type(chart: Chart, result: Result) -> FieldType:
    if chart.shape in ("scatter", "histogram"):
        return "quantitative"
    if chart.shape == "bar":
        return "nominal"
    place = result.columns.index(chart.x)
    return "temporal" if all(_DATE.match(str(row[place])) for row in result.rows) else "ordinal"


def validated(spec: JsonObject) -> JsonObject:
    """The same specification, or `ChartRefused` where it holds anything but the closed shapes."""
    _only(spec, _TOP, "the chart")
    if spec.get("$schema") != SCHEMA:
        raise ChartRefused("Another schema than Vega-Lite's.")
    data, mark, encoding = (_object(spec.get(key), key) for key in ("data", "mark", "encoding"))
    _only(data, {"values"}, "data")
    _only(mark, {"type", "tooltip"}, "mark")
    if mark.get("type") not in _MARKS.values() or mark.get("tooltip") is not True:
        raise ChartRefused("A mark that is not drawn here.")
    fields = _plain_rows(data.get("values"))
    _only(encoding, _CHANNELS, "encoding")
    for name, channel in encoding.items():
        _check_channel(name, _object(channel, name), fields)
    return spec


def _check_channel(name: str, channel: JsonObject, fields: set[str]) -> None:
    _only(channel, _CHANNEL, name)
    if channel.get("field") not in fields:
        raise ChartRefused(f"{name} shows a field the data does not have.")
    if name != "x2" and channel.get("type") not in get_args(FieldType):
        raise ChartRefused(f"{name} has a type that is not known.")
    allowed: dict[str, list[JsonValue]] = {"sort": [None], "scale": [{"zero": False}], "bin": ["binned"]}
    for key, values in allowed.items():
        if key in channel and channel[key] not in values:
            raise ChartRefused(f"{name} has a {key} that is not allowed.")
    if not isinstance(channel.get("title", ""), str):
        raise ChartRefused(f"{name} has a title that is no text.")


def _plain_rows(values: JsonValue) -> set[str]:
    if not isinstance(values, list):
        raise ChartRefused("The data is not inline.")
    fields: set[str] = set()
    for row in values:
        for key, cell in _object(row, "a row").items():
            if isinstance(cell, dict | list):
                raise ChartRefused("A cell is not a plain value.")
            fields.add(key)
    return fields


def _object(value: JsonValue, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise ChartRefused(f"{name} is no object.")
    return value


def _only(value: JsonObject, keys: set[str], name: str) -> None:
    strange = set(value) - keys
    if strange:
        raise ChartRefused(f"{name} holds {sorted(strange)[0]!r}, which is not allowed.")
