"""What sort of answer is wanted: each rule takes its words from the reading, or leaves it alone."""

from __future__ import annotations

from collections.abc import Callable

from parley_research.domain.asks import Ask
from parley_research.domain.ranking import ranking
from parley_research.domain.reading import Reading
from parley_research.domain.shapes.comparing import compare
from parley_research.domain.shapes.following import trend
from parley_research.domain.shapes.plain import bare_rows, counted, described, listed, measured, obtained
from parley_research.domain.shapes.shares import ratio, share
from parley_research.domain.shapes.spreads import distribution, missing, outliers, relationship


def shape(reading: Reading) -> Ask | None:
    """The first sort of answer whose words stand in the question."""
    rules: tuple[Callable[[Reading], Ask | None], ...] = (
        obtained,
        missing,
        outliers,
        ratio,
        share,
        relationship,
        distribution,
        compare,
        ranking,
        trend,
        measured,
        counted,
        listed,
        described,
        bare_rows,
    )
    for rule in rules:
        saved = (reading.text, list(reading.notes), list(reading.conditions))
        ask = rule(reading)
        if ask is not None:
            return ask
        reading.text, reading.notes, reading.conditions = saved
    return None
