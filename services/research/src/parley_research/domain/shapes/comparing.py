"""Two or more values of one column side by side."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.amounts import column_about
from parley_research.domain.asks import Ask, Key, Measure
from parley_research.domain.counting import read_count
from parley_research.domain.keys import read_keys
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.measures import read_measures, spoken_of
from parley_research.domain.reading import NotUnderstood, Reading, key
from parley_research.domain.shapes.saying import COMPARED, fields_left

_ER = rf"(?<!\w)({'|'.join(word for word in ADJECTIVES if word.endswith('er'))})(?!\w)"


def compare(reading: Reading) -> Ask | None:
    """Two or more values of one column side by side: "Adelie vs Gentoo", "do males weigh more than females"."""
    several = [
        each for each in reading.all_conditions() if each.operator == "in" and len(each.values) > 1 and not each.part
    ]
    ratio = bool(reading.take(r"(?:the )?ratio (?:of|between)"))
    compared = reading.find(COMPARED)
    averaged = reading.find(r"(?:average|mean|median|typical)")
    if not (compared or averaged or ratio):
        return None
    if not several:
        return _compare_groups(reading) if compared and not ratio and compared[0] != "between" else None
    if len(several) > 1 and reading.find(r"(?:versus|vs|compared?|comparing|differences?|differ|than)"):
        raise NotUnderstood("It is not clear what is compared with what; name two values of one column.")
    if len(several) > 1 or not (compared or ratio or reading.find(r"· (?:and|,|, and|&) ·")):
        return None
    reading.take("who")
    while reading.take(COMPARED):
        pass
    reading.take(r"(?:in terms of|terms)")
    for word in re.findall(_ER, reading.text):
        reading.narrow(ADJECTIVES[word][0])
    measures = read_measures(reading) or bare_measures(reading)
    count = (
        None
        if measures
        else read_count(reading) or (reading.take(r"(?:<r>|(?:are|were|is|was) there)") and Measure(function="count"))
    )
    measures = measures or ([count] if count else [])
    reading.take(r"(?:on average|average|typically|mean)")
    reading.take("<r>")
    while reading.take(r"(?:how much|more|less|higher|lower|larger|smaller|bigger|greater|fewer)"):
        pass
    if not measures:
        return None
    _spoken_of_again(reading, measures[0])
    keys = [Key(column=several[0].column), *read_keys(reading)]
    if ratio and (len(keys) > 1 or len(several[0].values) != 2):
        return None
    return Ask(shape="compare", measures=measures, keys=keys[:2], conditions=reading.all_conditions(), ratio=ratio)


def _spoken_of_again(reading: Reading, measure: Measure) -> None:
    """Words that only repeat which amount is compared: "longer" of a length, "weigh" of a mass."""
    about = set(reading.table.field(measure.column).words) if measure.column else set()
    for word in re.findall(r"[^\W\d_]+", reading.text):
        topics = MEASURING_VERBS.get(word) or ADJECTIVES.get(word, (frozenset(),))[0]
        if topics & about:
            reading.take(word)


def _compare_groups(reading: Reading) -> Ask | None:
    """ "Compare the tips of the sexes", "does body mass differ between species"."""
    if not reading.find(r"(?:compare|comparing|comparison|differences?|differ|differs)"):
        return None
    while reading.take(COMPARED):
        pass
    measures = read_measures(reading) or bare_measures(reading)
    keys = read_keys(reading)
    left = [each for each in fields_left(reading)]
    keys += [key(each) for each in left]
    reading.take("<r>")
    if not measures or not keys:
        return None
    return Ask(shape="groups", measures=measures, keys=keys[:2], conditions=reading.all_conditions())


def bare_measures(reading: Reading) -> list[Measure]:
    """A column of amounts without a word for how: its mean, said so."""
    comparative = reading.find(rf"({'|'.join(word for word in ADJECTIVES if word.endswith('er'))})")
    if comparative:
        reading.narrow(ADJECTIVES[comparative[1]][0])
    column = spoken_of(reading)
    if comparative and column is None:
        column = column_about(reading, ADJECTIVES[comparative[1]][0], comparative[1])
        reading.blank(comparative.start(), comparative.end())
    if column:
        numbers = [each for each in reading.column_numbers() if reading.names[int(each)].fields == (column,)]
        for number in numbers:
            reading.take(f"<c{number}>")
        fields = [column]
    else:
        numbers = [n for n in reading.column_numbers() if any(f.numeric for f in reading.names[int(n)].fields)]
        fields = [reading.field(number) for number in numbers]
        for number in numbers:
            reading.take(f"<c{number}>")
    if fields:
        reading.notes.append("The question names no way to combine the rows; their mean is compared.")
    return [Measure(function="mean", column=each.name) for each in fields if each.numeric]
