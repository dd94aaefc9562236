"""Which picture an understood question gets, where one says more than the sentence."""

from __future__ import annotations

from parley_common.contracts.jobs import JsonObject
from parley_research.domain.asks import Ask
from parley_research.domain.charts import Chart, ChartRefused, specification, validated
from parley_research.domain.expressions import key_label, measure_label, short
from parley_research.domain.queries import Query
from parley_research.domain.results import Result

MOST_BARS = 40


def picture(query: Query, result: Result, *, most: int) -> JsonObject | None:
    """A chart for two rows or more; nothing for a single number."""
    chart = _chart(query, result)
    if chart is None or len(result.rows) < 2:
        return None
    limit = MOST_BARS if chart.shape == "bar" else most
    try:
        return validated(specification(chart, result, most=limit))
    except ChartRefused:
        return None


def _chart(query: Query, result: Result) -> Chart | None:
    ask = query.ask
    if "from" in result.columns and "to" in result.columns and ask.shape == "distribution":
        return Chart(shape="histogram", x="from", upper="to", y="rows", title=query.question[:200])
    if ask.shape == "relationship" and query.parent:
        x, y = (each for each in result.columns[:2])
        return Chart(shape="scatter", x=x, y=y, title=query.question[:200])
    if ask.shape in ("groups", "top groups", "extreme groups", "shares", "compare", "values", "trend"):
        return _of_groups(ask, query.question[:200])
    return None


def _of_groups(ask: Ask, title: str) -> Chart:
    keys = [key_label(each) for each in ask.keys]
    value = measure_label(ask.measures[0]) if ask.measures else "rows"
    color = keys[1] if len(keys) > 1 else None
    return Chart(shape="line" if ask.shape == "trend" else "bar", x=keys[0], y=value, color=color, title=short(title))
