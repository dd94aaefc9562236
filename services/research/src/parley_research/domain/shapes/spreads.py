"""Missing values, outliers, what goes together, how a column is spread."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import math
import re

from parley_common.contracts.datasets import Column
from parley_research.domain.amounts import column_about
from parley_research.domain.asks import Ask, Measure
from parley_research.domain.counting import units
from parley_research.domain.keys import read_keys
from parley_research.domain.lexicon import ADJECTIVES
from parley_research.domain.measures import read_measures
from parley_research.domain.mentions import Mention
from parley_research.domain.reading import C, NotUnderstood, Reading, key
from parley_research.domain.shapes.saying import RELATED, fields_left, grouped
from parley_research.domain.table import Field

# So few whole numbers are told one by one.
_FEW = 10


def _steps(column: Field) -> float:
    low, high = column.column.minimum, column.column.maximum
    return high - low if isinstance(low, int | float) and isinstance(high, int | float) else math.inf


def _whole(column: Column) -> bool:
    """Whether its values are whole numbers, even if the file writes them as 4.0."""
    values = [each.value for each in column.top]
    return column.type == "integer" or (
        column.type == "number"
        and len(values) == column.distinct
        and all(isinstance(each, int | float) and each % 1 == 0 for each in values)
    )


def missing(reading: Reading) -> Ask | None:
    words = r"(?:missing|nulls?|nans?|blanks?|empty|incomplete|not available|gaps|unfilled|completeness)"
    if not reading.take(rf"(?:have |has |contain |any |many )?{words}(?: (?:values?|data|entries|entry|cells?|<r>))*"):
        return None
    while reading.take(words):
        pass
    ranked = reading.take(
        r"(?:which|what) (?:columns?|fields?|variables?|features?)(?: (?:has|have|is|are))?(?: the)?(?: (?:most|highest|any))?"
    )
    reading.take(r"(?:most|how complete|highest|columns?|variables?|complete|number of|count of|how many)")
    keys = read_keys(reading)
    if keys:
        fields = fields_left(reading)
        if len(fields) != 1:
            raise NotUnderstood("Missing values are counted group by group in one column; name it.")
        return grouped(reading, [Measure(function="missing", column=fields[0].name)], keys)
    columns = [] if ranked else [each.name for each in fields_left(reading)]
    return Ask(shape="missing", columns=columns or [each.name for each in reading.table.fields])


def outliers(reading: Reading) -> Ask | None:
    if not reading.take(
        r"(?:outliers?|anomal(?:y|ies|ous)|unusual(?:ly)?(?: (?:high|low|large|small))?|extreme values?|abnormal|atypical)"
    ):
        return None
    reading.take(r"(?:values?|<r>|how many|number of)")
    columns = fields_left(reading)
    if len(columns) != 1 or not columns[0].numeric:
        raise NotUnderstood("Outliers are looked for in one column of amounts; name it.")
    return Ask(shape="outliers", columns=[columns[0].name])


def relationship(reading: Reading) -> Ask | None:
    related = reading.take(RELATED)
    if not (related or _both_more(reading)):
        return None
    if reading.find(r"(?:average|mean|median|total)"):
        return _varying(reading)
    reading.take(r"(?:strongly|closely|tightly|well|coefficient|strength|strong|pearson|there|any)")
    reading.take(r"(?:strongly|coefficient|strength|strong|pearson|coefficient)")
    columns = fields_left(reading)
    if len(columns) != 2:
        raise NotUnderstood("A relationship is looked at between two columns; name both.")
    notes = ["That two columns go together does not tell that one causes the other."]
    amounts = [each for each in columns if each.numeric or each.part]
    labels = [each for each in columns if each not in amounts]
    conditions = reading.all_conditions()
    parts = [each for each in columns if each.part]
    parts = parts or [each for each in columns if each.few(_FEW) and each.numeric]
    if len(parts) == 1 and len(amounts) == 2 and related and related[0].startswith(("var", "depend")):
        amounts, labels = [each for each in columns if each not in parts], parts
    if len(amounts) == 2:
        names = [each.name for each in columns]
        return Ask(shape="relationship", columns=names, conditions=conditions, notes=notes)
    if len(amounts) == 1:
        measure = Measure(function="mean", column=amounts[0].name)
        return Ask(shape="groups", measures=[measure], keys=[key(labels[0])], conditions=conditions, notes=notes)
    measure = Measure(function="count")
    return Ask(
        shape="groups", measures=[measure], keys=[key(each) for each in columns], conditions=conditions, notes=notes
    )


def _both_more(reading: Reading) -> bool:
    """ "Do heavier penguins have longer flippers": two comparatives, and nothing they are compared with."""
    more = rf"(?:{'|'.join(word for word in ADJECTIVES if word.endswith('er'))}|bigger|larger|higher|greater|smaller|lower|more)"
    found = reading.find(rf"(?:do|does|are|is) (?:the )?({more}) [^,]* ({more})")
    if not found or reading.find("than"):
        return False
    for word in found.groups():
        if word in ADJECTIVES:
            _speak(reading, word)
    while reading.take(more):
        pass
    reading.take("<r>")
    return True


def _speak(reading: Reading, word: str) -> None:
    """Let the column an adjective speaks of stand in its place, unless it is named anyway."""
    reading.narrow(ADJECTIVES[word][0])
    named = [field for each in reading.column_numbers() for field in reading.names[int(each)].fields]
    if not any(set(each.words) & ADJECTIVES[word][0] for each in named):
        column = column_about(reading, ADJECTIVES[word][0], word)
        reading.names.append(Mention(0, 0, word, (column,)))
        reading.text = re.sub(rf"(?<!\w){word}(?!\w)", f"<c{len(reading.names) - 1}>", reading.text, count=1)


def _varying(reading: Reading) -> Ask | None:
    """ "How does the average tip vary with size": a measure for each value of the other column."""
    measures = read_measures(reading)
    columns = fields_left(reading)
    if not measures or len(columns) != 1:
        raise NotUnderstood("It is not clear which column goes together with which; name both.")
    reading.take("<r>")
    return grouped(reading, measures, [key(columns[0])])


def distribution(reading: Reading) -> Ask | None:
    words = r"(?:distributions?|distributed|histogram|spread|quartiles|percentiles|quantiles|interquartile ranges?|iqr|dispersion|variability)"
    found = (
        reading.take(rf"{words}")
        or reading.take(r"(?:breakdown|break down)")
        or reading.take(r"how (?:much|widely|strongly) (?:do|does|did)(?= .*vary)")
        or reading.find(rf"ranges? of (?:the )?{C}")
    )
    if not found:
        return None
    reading.take(r"range of")
    reading.take(r"(?:show|plot|draw|chart|vary|look|like)")
    reading.take("<r>")
    keys = read_keys(reading)
    columns = fields_left(reading)
    conditions = reading.all_conditions()
    if not columns and keys:
        return Ask(shape="shares", measures=[units(reading)], keys=keys[:2], base=conditions)
    if len(columns) != 1:
        raise NotUnderstood("A distribution is shown for one column; name it.")
    counts = _whole(columns[0].column) and _steps(columns[0]) <= _FEW and not keys
    if columns[0].numeric and not (counts and found[0].startswith("distribut")):
        if keys:
            measures = [Measure(function=each, column=columns[0].name) for each in ("min", "median", "max")]
            return Ask(shape="groups", measures=measures, keys=keys[:2], conditions=conditions)
        return Ask(shape="distribution", columns=[columns[0].name], conditions=conditions)
    return Ask(shape="shares", measures=[units(reading)], keys=[key(columns[0]), *keys[:1]], base=conditions)
