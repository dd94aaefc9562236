"""What became of an amount over time."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

from parley_research.domain.asks import Ask, Key, Measure
from parley_research.domain.counting import read_count
from parley_research.domain.keys import read_keys
from parley_research.domain.measures import FUNCTION, read_measures
from parley_research.domain.reading import NotUnderstood, Reading, key
from parley_research.domain.shapes.comparing import bare_measures
from parley_research.domain.shapes.saying import SHARE, TREND, fields_left

_OVERALL = r"(?:from the (?:first|start|beginning) to the (?:last|end)(?: (?:date|day|week|month|year|<c\d+>))?|(?:over|in|during|across|for) (?:the |all )?(?:whole |entire |full )?(?:period|time span|data|years))"


def growth(reading: Reading) -> Ask | None:
    """ "By what percentage did the population grow": a change from the first moment to the last, in percent too."""
    reading.take(rf"(?:(?:by|in) )?(?:(?:what|how many|how much|which|the) )*{SHARE}(?: of| in)?")
    told = reading.find(rf"(?:{FUNCTION}|how many|number of)")
    ask = trend(reading)
    return ask and ask.model_copy(update={"single": not told})


def trend(reading: Reading) -> Ask | None:
    if reading.find(
        r"(?:annual|yearly|monthly|quarterly|weekly|daily|average) (?:growth|increase|change|rise|decrease|decline)"
    ):
        raise NotUnderstood(
            "How much it changes from one moment to the next takes two steps; ask how it changed over time."
        )
    found = reading.take(TREND)
    if not found:
        return None
    while reading.take(TREND):
        pass
    reading.take(_OVERALL)
    keys = read_keys(reading)
    measures = read_measures(reading)
    count = None if measures else read_count(reading)
    measures = measures or ([count] if count else []) or bare_measures(reading)
    if not measures and reading.take("<r>"):
        measures = [Measure(function="count")]
    reading.notes = [each.replace("is compared", "is followed") for each in reading.notes]
    times = [
        each for each in keys if reading.table.field(each.column).temporal or reading.table.field(each.column).part
    ]
    others = [each for each in keys if each not in times]
    left = [each for each in fields_left(reading)]
    times += [key(each) for each in left if each.temporal]
    others += [key(each) for each in left if not each.temporal]
    reading.take("<r>")
    reading.take(r"(?:how|how much|much)")
    if count and any(reading.table.field(each.column).numeric for each in others):
        raise NotUnderstood("It is not clear what is counted and what is followed over time; ask for one of them.")
    if not measures:
        raise NotUnderstood("It is not clear what is followed over time; name a column of amounts.")
    time = times[0] if times else _clock(reading)
    keys = [time, *others[:1]]
    return Ask(shape="trend", measures=measures, keys=keys, conditions=reading.all_conditions())


def _clock(reading: Reading) -> Key:
    years = [each for each in reading.table.fields if each.part == "year" and each.column.distinct > 1]
    dated = [each for each in reading.table.fields if each.dated]
    if len(years) == 1:
        return key(years[0])
    if len(dated) == 1:
        return key(dated[0])
    if dated:
        names = ", ".join(f"“{each.name}”" for each in dated)
        raise NotUnderstood(f"Several columns hold dates ({names}); name the one you mean.")
    parts = [each for each in reading.table.fields if each.part and each.column.distinct > 1]
    if len(parts) == 1:
        return key(parts[0])
    raise NotUnderstood("No column tells the time, so nothing can be followed over it.")
