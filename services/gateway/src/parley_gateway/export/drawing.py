"""A chart as vector shapes, for a page of PDF and, as SVG, for a web page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from parley_gateway.export.charts import Chart
from parley_gateway.export.text import CUT

Typeface = Callable[[str], tuple[str, str]]
Anchor = Literal["start", "middle", "end"]

# Okabe and Ito, "Color Universal Design": told apart with any kind of colour vision.
COLORS = [HexColor(code) for code in ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F")]
INK, GRID = HexColor("#333333"), HexColor("#DDDDDD")
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 470.0, 230.0, 60.0, 10.0, 34.0, 34.0
BAR, NAMES, BARS, SERIES = 14.0, 150.0, 40, 8
SMALL, LINE = 7.0, 9.0


def draw(chart: Chart, typeface: Typeface) -> Drawing:
    """The chart 470 points wide. `typeface` says for a text what of it can be written, and in which font."""
    pen = _Pen(typeface)
    return _bars(chart, pen) if chart.kind == "bar" else _plot(chart, pen)


def remark(chart: Chart) -> str:
    """What the drawing leaves out of the chart, or nothing."""
    cut = chart.left_out or len(chart.series) > SERIES or (chart.kind == "bar" and len(chart.labels) > BARS)
    return "The chart shows only a part of its data." if cut else ""


@dataclass(frozen=True)
class _Pen:
    typeface: Typeface

    def text(
        self, x: float, y: float, text: str, *, room: float, anchor: Anchor = "start", size: float = SMALL
    ) -> String:
        most = max(2, int(room / (size * 0.55)))
        fit, font = self.typeface(text if len(text) <= most else text[: most - 1] + CUT)
        return String(x, y, fit, fontName=font, fontSize=size, textAnchor=anchor, fillColor=INK)

    def head(self, chart: Chart, top: float) -> Iterator[String | Rect]:
        yield self.text(2, top - 10, chart.title or f"{chart.y} by {chart.x}", room=WIDTH, size=LINE)
        room = WIDTH / SERIES
        for number, series in enumerate(chart.series[:SERIES] if len(chart.series) > 1 else ()):
            left = 2 + number * room
            yield _rect(left, top - 22, 5, 5, _color(number))
            yield self.text(left + 8, top - 22, series.name, room=room - 12)


@dataclass(frozen=True)
class _Scale:
    """A number's place between `start` and `end`; the ticks are round numbers (Heckbert, Graphics Gems, 1990)."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float, *, zero: bool) -> _Scale:
        low, high = min(values), max(values)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        margin = max(abs(low), abs(high), 1e-9) * 1e-6
        return (
            cls(low, high, start, end)
            if high - low > margin
            else cls(low - abs(low) / 2 - 1, high + abs(high) / 2 + 1, start, end)
        )

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        rough = (self.high - self.low) / 5
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
        first = math.ceil(self.low / step)
        return [place * step for place in range(first, first + 12) if place * step <= self.high + step * 1e-9]


def _bars(chart: Chart, pen: _Pen) -> Drawing:
    """Lying bars, a line of text high each: the names of things are long."""
    count, many = min(len(chart.labels), BARS), min(len(chart.series), SERIES)
    high = count * BAR * max(1.0, many * 0.6)
    drawing = Drawing(WIDTH, high + BOTTOM + TOP)
    values = [value for series in chart.series[:many] for value in series.values[:count] if value is not None]
    scale = _Scale.over(values or [0.0], NAMES, WIDTH - RIGHT - 30, zero=True)
    _grid_across(drawing, pen, scale, BOTTOM + high)
    for place, label in enumerate(chart.labels[:count]):
        slot = high / count
        base = BOTTOM + high - (place + 1) * slot
        drawing.add(pen.text(NAMES - 4, base + slot / 2 - 2, label, room=NAMES, anchor="end"))
        for number, series in enumerate(chart.series[:many]):
            if (value := series.values[place]) is not None:
                bottom = base + slot * (0.1 + 0.8 * (many - number - 1) / many)
                drawing.add(
                    _rect(scale.at(0), bottom, scale.at(value) - scale.at(0), slot * 0.8 / many, _color(number))
                )
    return _finished(drawing, chart, pen, across=chart.y, up="")


def _plot(chart: Chart, pen: _Pen) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT)
    shown = chart.series[:SERIES]
    ups = [value for series in shown for value in series.values if value is not None]
    ups += [point[1] for series in shown for point in series.points]
    scale = _Scale.over(ups or [0.0], BOTTOM, HEIGHT - TOP, zero=chart.kind == "histogram")
    for tick in scale.ticks():
        drawing.add(Line(LEFT, scale.at(tick), WIDTH - RIGHT, scale.at(tick), strokeColor=GRID, strokeWidth=0.5))
        drawing.add(pen.text(LEFT - 4, scale.at(tick) - 2, _short(tick), room=LEFT, anchor="end"))
    if chart.kind == "scatter":
        _points(drawing, chart, pen, scale)
    else:
        _steps(drawing, chart, pen, scale)
    return _finished(drawing, chart, pen, across=chart.x, up=chart.y)


def _points(drawing: Drawing, chart: Chart, pen: _Pen, up: _Scale) -> None:
    across = _Scale.over(
        [x for series in chart.series[:SERIES] for x, _ in series.points], LEFT, WIDTH - RIGHT, zero=False
    )
    _grid_across(drawing, pen, across, HEIGHT - TOP)
    for number, series in enumerate(chart.series[:SERIES]):
        for x, y in series.points:
            dot = Circle(across.at(x), up.at(y), 2, fillColor=_color(number), strokeColor=None, fillOpacity=0.6)
            drawing.add(dot)


def _steps(drawing: Drawing, chart: Chart, pen: _Pen, up: _Scale) -> None:
    """A line's points or a histogram's bars, one step for each label."""
    step = (WIDTH - RIGHT - LEFT) / len(chart.labels)
    every = math.ceil(len(chart.labels) / 8)
    for place, label in enumerate(chart.labels):
        if place % every == 0:
            middle = LEFT + step * (place + 0.5)
            drawing.add(pen.text(middle, BOTTOM - 10, label, room=step * every, anchor="middle"))
    for number, series in enumerate(chart.series[:SERIES]):
        at = [None if y is None else (LEFT + step * (place + 0.5), up.at(y)) for place, y in enumerate(series.values)]
        for place, point in enumerate(at):
            if chart.kind == "histogram" and point:
                left = LEFT + step * (place + 0.04)
                drawing.add(_rect(left, up.at(0), step * 0.92, point[1] - up.at(0), _color(number)))
            elif point and len(at) <= 60:
                drawing.add(Circle(*point, 1.8, fillColor=_color(number), strokeColor=None))
        # A missing value is a gap.
        for one, other in pairwise(at) if chart.kind == "line" else ():
            if one and other:
                drawing.add(PolyLine([*one, *other], strokeColor=_color(number), strokeWidth=1.4))


def _grid_across(drawing: Drawing, pen: _Pen, scale: _Scale, top: float) -> None:
    for tick in scale.ticks():
        drawing.add(Line(scale.at(tick), BOTTOM, scale.at(tick), top, strokeColor=GRID, strokeWidth=0.5))
        drawing.add(pen.text(scale.at(tick), BOTTOM - 10, _short(tick), room=60, anchor="middle"))


def _finished(drawing: Drawing, chart: Chart, pen: _Pen, *, across: str, up: str) -> Drawing:
    drawing.add(pen.text(WIDTH / 2, 8, across, room=WIDTH, anchor="middle"))
    if up:
        drawing.add(pen.text(2, HEIGHT - TOP + 4, "" if len(chart.series) > 1 else up, room=WIDTH / 2))
    for text in pen.head(chart, float(drawing.height)):
        drawing.add(text)
    return drawing


def _rect(x: float, y: float, width: float, height: float, color: Color) -> Rect:
    x, width = (x, width) if width >= 0 else (x + width, -width)
    y, height = (y, height) if height >= 0 else (y + height, -height)
    rect = Rect(x, y, width, height)
    rect.fillColor, rect.strokeColor = color, None
    return rect


def _color(number: int) -> Color:
    return COLORS[number % len(COLORS)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e7 else f"{value:.4g}"
