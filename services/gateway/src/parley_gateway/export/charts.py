"""The charts a result may hold, read from their Vega-Lite specifications into plain numbers.

Bars, lines, histograms and scatter plots over inline data are understood. Anything else is left out, never guessed: a
specification is not run, so it can neither fetch nor loop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, ValidationError

from parley_common.contracts.jobs import JsonObject
from parley_gateway.export.limits import Limits
from parley_gateway.export.text import is_number, one_line, shown

Kind = Literal["bar", "line", "histogram", "scatter"]
_KINDS: dict[str, Kind] = {"bar": "bar", "line": "line", "area": "line", "point": "scatter", "circle": "scatter"}
_BINS = 10
# Beyond this the ends of an axis can no longer be told apart, or their distance is infinite.
_LARGEST = 1e100


@dataclass(frozen=True)
class Series:
    """Numbers of one colour; a bar or a line has one for each label of its chart, where it has any."""

    name: str
    values: tuple[float | None, ...] = ()
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Chart:
    """`labels` stand along bars, lines and histograms; a scatter plot has points instead. `x` and `y` name the axes.

    `left_out` counts the data beyond the limits.
    """

    kind: Kind
    title: str
    x: str
    y: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    left_out: int = 0


class _Mark(BaseModel):
    type: str


class _Channel(BaseModel):
    field: str | None = None
    type: str | None = None
    title: str | None = None
    bin: bool | JsonObject | Literal["binned"] | None = None
    aggregate: Literal["count"] | None = None

    @property
    def key(self) -> str:
        # Vega-Lite escapes dots and brackets in the names of fields.
        return (self.field or "").replace("\\", "")

    @property
    def name(self) -> str:
        return self.title or self.key or self.aggregate or ""


class _Encoding(BaseModel):
    x: _Channel
    y: _Channel
    x2: _Channel | None = None
    color: _Channel | None = None


class _Data(BaseModel):
    values: Annotated[list[JsonObject], Field(min_length=1)]


class _Spec(BaseModel):
    mark: str | _Mark
    data: _Data
    encoding: _Encoding
    title: str | JsonObject | None = None
    description: str | None = None
    transform: Annotated[list[JsonValue], Field(max_length=0)] = []


def read(spec: JsonObject, limits: Limits) -> Chart | None:
    """The chart of a specification, `None` for one of another sort."""
    try:
        return _Reading(_Spec.model_validate(spec), limits).chart()
    except ValidationError:
        return None


class _Reading:
    def __init__(self, spec: _Spec, limits: Limits) -> None:
        self._limits = limits
        self._encoding = spec.encoding
        self._title = spec.title if isinstance(spec.title, str) else spec.description or ""
        self._kind = _KINDS.get(spec.mark if isinstance(spec.mark, str) else spec.mark.type)
        self._all = spec.data.values
        # Points are taken from all over the data, so that the cloud keeps its form; bars and lines from its beginning.
        step = math.ceil(len(self._all) / limits.points) if self._kind == "scatter" else 1
        self._rows = self._all[::step][: limits.points]

    def chart(self) -> Chart | None:
        x, y = self._encoding.x, self._encoding.y
        if self._kind == "bar" and y.aggregate and x.bin:
            return self._histogram(x)
        if self._kind is None or x.aggregate or y.aggregate or (x.bin and x.bin != "binned") or y.bin:
            return None
        if self._kind == "scatter":
            return self._scatter(x, y)
        if self._kind == "bar" and x.type == "quantitative" and y.type in ("nominal", "ordinal"):
            x, y = y, x
        return self._along(x, y)

    def _along(self, x: _Channel, y: _Channel) -> Chart | None:
        labels = list(dict.fromkeys(self._label(row, x) for row in self._rows))
        at = {label: place for place, label in enumerate(labels)}
        series: dict[str, list[float | None]] = {}
        for row in self._rows:
            values = series.setdefault(self._colour(row), [None] * len(labels))
            values[at[self._label(row, x)]] = _number(row.get(y.key))
        found = tuple(Series(name, values=tuple(values)) for name, values in series.items())
        kind: Kind = "line" if self._kind == "line" else "histogram" if x.bin else "bar"
        some = any(value is not None for one in found for value in one.values)
        return self._made(kind, x, y, tuple(labels), found) if some else None

    def _scatter(self, x: _Channel, y: _Channel) -> Chart | None:
        series: dict[str, list[tuple[float, float]]] = {}
        for row in self._rows:
            across, up = _number(row.get(x.key)), _number(row.get(y.key))
            if across is not None and up is not None:
                series.setdefault(self._colour(row), []).append((across, up))
        found = tuple(Series(name, points=tuple(points)) for name, points in series.items())
        return self._made("scatter", x, y, (), found) if found else None

    def _histogram(self, x: _Channel) -> Chart | None:
        values = [value for row in self._all if (value := _number(row.get(x.key))) is not None]
        if not values or self._encoding.color:
            return None
        low, high = min(values), max(values)
        step = (high - low) / _BINS or 1.0
        counts = [0.0] * _BINS
        for value in values:
            counts[min(int((value - low) / step), _BINS - 1)] += 1
        labels = tuple(f"{low + step * place:.4g} – {low + step * (place + 1):.4g}" for place in range(_BINS))
        return self._made("histogram", x, self._encoding.y, labels, (Series("", values=tuple(counts)),), whole=True)

    def _label(self, row: JsonObject, x: _Channel) -> str:
        label = shown(row.get(x.key), self._limits.name)
        end = self._encoding.x2
        return f"{label} – {shown(row.get(end.key), self._limits.name)}" if end and x.bin else label

    def _colour(self, row: JsonObject) -> str:
        color = self._encoding.color
        return shown(row.get(color.key), self._limits.name) if color and color.field else ""

    def _made(
        self,
        kind: Kind,
        x: _Channel,
        y: _Channel,
        labels: tuple[str, ...],
        series: tuple[Series, ...],
        *,
        whole: bool = False,
    ) -> Chart:
        hidden = 0 if whole else len(self._all) - len(self._rows)
        title, across, up = (one_line(name, self._limits.name) for name in (self._title, x.name, y.name))
        return Chart(kind, title, across, up, labels, series, hidden)


def _number(value: JsonValue) -> float | None:
    if not is_number(value) or not isinstance(value, int | float) or abs(value) > _LARGEST:
        return None
    return float(value) if math.isfinite(value) else None
