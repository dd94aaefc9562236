"""What sort of answer is wanted: each rule takes its words from the reading, or leaves it alone."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable

from parley_research.domain.asks import Ask, Condition, Key, Measure
from parley_research.domain.conditions import column_about
from parley_research.domain.lexicon import ADJECTIVES
from parley_research.domain.measures import (
    asked_key,
    read_count,
    read_keys,
    read_measures,
    spoken_of,
    weight,
)
from parley_research.domain.ranking import ranking
from parley_research.domain.reading import C, NotUnderstood, Reading, key, merged
from parley_research.domain.table import Field

_RELATED = (
    r"(?:correlations?|correlated?|correlates|relationships?|relations?|related|relates?|associations?|associated|"
    r"depends?|dependent|linked|link|connection|connected|interplay|affects?|influences?|impacts?|impact|effect|interact)"
)
_TREND = (
    r"(?:over time|over the years|over the period|through time|across time|with time|trends?|trending|evolution|evolved?|"
    r"develop(?:ed|ment)?|chang(?:e|ed|es|ing)|grow(?:n|th|ing)?|grew|increas(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|"
    r"declin(?:e|ed|es|ing)|rise|risen|rose|fall|fallen|fell|time series|progress(?:ed|ion)?)"
)
_SHARE = r"(?:percent|percentages?|proportions?|shares?|fractions?|what part)"
_VERB = r"(?:is|are|was|were|have|has|had|did|do|does|come|comes|came|live|lives|lived|arrive|depart|go|goes|went|left|won|made|account|accounts|belong|belongs)"
_JOIN = r"(?:with|that|who|which|in|on|from|at)"
_COMPARED = r"(?:compared?|comparison|comparing|versus|vs|differences?|differ|differs|different|than|between|higher|lower|larger|smaller|greater|bigger|more|less)"


def shape(reading: Reading) -> Ask | None:
    """The first sort of answer whose words stand in the question."""
    rules: tuple[Callable[[Reading], Ask | None], ...] = (
        _missing,
        _outliers,
        _share,
        _relationship,
        _distribution,
        _compare,
        ranking,
        _trend,
        _measured,
        _counted,
        _listed,
        _described,
    )
    for rule in rules:
        saved = (reading.text, list(reading.notes), list(reading.conditions))
        ask = rule(reading)
        if ask is not None:
            return ask
        reading.text, reading.notes, reading.conditions = saved
    return None


def _fields(reading: Reading) -> list[Field]:
    """Every column left, blanked out."""
    fields = [reading.field(number) for number in reading.column_numbers()]
    for number in reading.column_numbers():
        reading.take(f"<c{number}>")
    return list(dict.fromkeys(fields))


def _missing(reading: Reading) -> Ask | None:
    words = r"(?:missing|nulls?|nans?|blanks?|empty|incomplete|not available|gaps|unfilled|completeness)"
    if not reading.take(rf"(?:have |has |contain |any |many )?{words}(?: (?:values?|data|entries|entry|cells?|<r>))*"):
        return None
    while reading.take(words):
        pass
    ranked = reading.take(
        r"(?:which|what) (?:columns?|fields?|variables?|features?)(?: (?:has|have|is|are))?(?: the)?(?: (?:most|highest|any))?"
    )
    reading.take(r"(?:most|how complete|highest|columns?|variables?|complete|number of|count of|how many)")
    columns = [] if ranked else [each.name for each in _fields(reading)]
    return Ask(shape="missing", columns=columns or [each.name for each in reading.table.fields])


def _outliers(reading: Reading) -> Ask | None:
    if not reading.take(
        r"(?:outliers?|anomal(?:y|ies|ous)|unusual(?:ly)?(?: (?:high|low|large|small))?|extreme values?|abnormal|atypical)"
    ):
        return None
    reading.take(r"(?:values?|<r>|how many|number of)")
    columns = _fields(reading)
    if len(columns) != 1 or not columns[0].numeric:
        raise NotUnderstood("Outliers are looked for in one column of amounts; name it.")
    return Ask(shape="outliers", columns=[columns[0].name])


def _share(reading: Reading) -> Ask | None:
    found = reading.find(rf"(?:what |which )?{_SHARE}(?: of)?")
    if not found:
        return None
    if reading.find(_TREND):
        raise NotUnderstood("A change in percent is not computed; ask for the change itself.")
    reading.blank(found.start(), found.end())
    reading.take(_SHARE)
    total = reading.take(rf"(?:(?:the|total|all|overall|combined) )*{C}") if _amount(reading) else None
    keys = read_keys(reading) or asked_key(reading)
    if total is None:
        keys = keys or [key(each) for each in _labels(reading)]
    reading.take("<r>")
    reading.take(
        r"(?:account|accounts|accounted|make up|makes up|represent|represents|responsible|in each|break down|breakdown)"
    )
    measure = Measure(function="sum", column=reading.field(total[1]).name) if total else _units(reading)
    return _share_of(reading, measure, keys, found.end())


def _mixed(placed: list[tuple[int, Condition]]) -> bool:
    """Whether two conditions speak of one column and exclude each other: a ratio, not a share."""
    values = [condition for _, condition in placed if condition.operator == "in"]
    return any(one.column == other.column and one != other for one in values for other in values)


def _labels(reading: Reading) -> list[Field]:
    """Every column left that names groups, blanked out."""
    numbers = [n for n in reading.column_numbers() if not any(f.numeric for f in reading.names[int(n)].fields)]
    fields = [reading.field(number) for number in numbers]
    for number in numbers:
        reading.take(f"<c{number}>")
    return list(dict.fromkeys(fields))


def _units(reading: Reading) -> Measure:
    heavy = weight(reading.table)
    return Measure(function="sum", column=heavy.name) if heavy else Measure(function="count")


def _amount(reading: Reading) -> bool:
    numbers = reading.column_numbers()
    fields = reading.names[int(numbers[0])].fields if numbers else ()
    return any(each.numeric and not each.flag for each in fields)


def _share_of(reading: Reading, measure: Measure, keys: list[Key], start: int) -> Ask:
    placed = sorted(reading.conditions, key=lambda each: each[0])
    verb = re.search(rf"(?<![\w<]){_VERB}(?![\w>])", reading.text[start:])
    verb = verb or re.search(rf"(?<![\w<]){_JOIN}(?![\w>])", reading.text[start:])
    ends = [position for position, _ in placed]
    border = start + verb.start() if verb else -1
    columns = [condition.column for _, condition in placed]
    if len(set(columns)) < len(columns) and keys == [] and _mixed(placed):
        raise NotUnderstood("It is not clear which of the conditions the share is of.")
    base = [condition for position, condition in placed if position < border]
    part = [condition for position, condition in placed if position >= border]
    if verb is None and len(ends) > 1:
        base, part = [each for _, each in placed[:-1]], [placed[-1][1]]
    if not part:
        base, part = [], base
    if not part:
        if not keys:
            raise NotUnderstood(
                "It is not clear what the share is of: no column or value for it stands in the question."
            )
        return Ask(shape="shares", measures=[measure], keys=keys[:2])
    return Ask(shape="share", measures=[measure], keys=keys[:2], base=merged(base), conditions=merged(part))


def _relationship(reading: Reading) -> Ask | None:
    if not reading.take(_RELATED):
        return None
    reading.take(r"(?:strongly|coefficient|strength|strong|pearson|there|any)")
    reading.take(r"(?:strongly|coefficient|strength|strong|pearson|coefficient)")
    columns = _fields(reading)
    if len(columns) != 2:
        raise NotUnderstood("A relationship is looked at between two columns; name both.")
    notes = ["That two columns go together does not tell that one causes the other."]
    amounts = [each for each in columns if each.numeric or each.part]
    labels = [each for each in columns if each not in amounts]
    conditions = reading.all_conditions()
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


def _distribution(reading: Reading) -> Ask | None:
    words = r"(?:distributions?|distributed|histogram|spread|quartiles|percentiles|quantiles|dispersion|variability)"
    found = (
        reading.take(rf"{words}")
        or reading.take(r"(?:breakdown|break down)")
        or reading.find(rf"ranges? of (?:the )?{C}")
    )
    if not found:
        return None
    reading.take(r"range of")
    reading.take(r"(?:show|plot|draw|chart|vary|look|like)")
    reading.take("<r>")
    keys = read_keys(reading)
    columns = _fields(reading)
    conditions = reading.all_conditions()
    if not columns and keys:
        return Ask(shape="shares", measures=[_units(reading)], keys=keys[:2], base=conditions)
    if len(columns) != 1:
        raise NotUnderstood("A distribution is shown for one column; name it.")
    if columns[0].numeric:
        if keys:
            measures = [Measure(function=each, column=columns[0].name) for each in ("min", "median", "max")]
            return Ask(shape="groups", measures=measures, keys=keys[:2], conditions=conditions)
        return Ask(shape="distribution", columns=[columns[0].name], conditions=conditions)
    return Ask(shape="shares", measures=[_units(reading)], keys=[key(columns[0]), *keys[:1]], base=conditions)


def _compare(reading: Reading) -> Ask | None:
    """Two or more values of one column side by side: "Adelie vs Gentoo", "do males weigh more than females"."""
    several = [
        each for each in reading.all_conditions() if each.operator == "in" and len(each.values) > 1 and not each.part
    ]
    compared = reading.find(_COMPARED)
    averaged = reading.find(r"(?:average|mean|median|typical)")
    if not compared and not averaged:
        return None
    if not several:
        return _compare_groups(reading) if compared and compared[0] != "between" else None
    if len(several) > 1:
        return None
    while reading.take(_COMPARED):
        pass
    reading.take(r"(?:in terms of|terms)")
    measures = read_measures(reading) or _bare_measures(reading)
    count = None if measures else read_count(reading) or (reading.take("<r>") and Measure(function="count"))
    measures = measures or ([count] if count else [])
    reading.take("<r>")
    while reading.take(r"(?:how much|more|less|higher|lower|larger|smaller|bigger|greater|fewer)"):
        pass
    if not measures:
        return None
    keys = [Key(column=several[0].column), *read_keys(reading)]
    return Ask(shape="compare", measures=measures, keys=keys[:2], conditions=reading.all_conditions())


def _compare_groups(reading: Reading) -> Ask | None:
    """ "Compare the tips of the sexes", "does body mass differ between species"."""
    if not reading.find(r"(?:compare|comparing|comparison|differences?|differ|differs)"):
        return None
    while reading.take(_COMPARED):
        pass
    measures = read_measures(reading) or _bare_measures(reading)
    keys = read_keys(reading)
    left = [each for each in _fields(reading)]
    keys += [key(each) for each in left]
    reading.take("<r>")
    if not measures or not keys:
        return None
    return Ask(shape="groups", measures=measures, keys=keys[:2], conditions=reading.all_conditions())


def _bare_measures(reading: Reading) -> list[Measure]:
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


def _trend(reading: Reading) -> Ask | None:
    found = reading.take(_TREND)
    if not found:
        return None
    while reading.take(_TREND):
        pass
    keys = read_keys(reading)
    measures = read_measures(reading)
    count = None if measures else read_count(reading)
    measures = measures or ([count] if count else []) or _bare_measures(reading)
    if not measures and reading.take("<r>"):
        measures = [Measure(function="count")]
    reading.notes = [each.replace("is compared", "is followed") for each in reading.notes]
    times = [
        each for each in keys if reading.table.field(each.column).temporal or reading.table.field(each.column).part
    ]
    others = [each for each in keys if each not in times]
    left = [each for each in _fields(reading)]
    times += [key(each) for each in left if each.temporal]
    others += [key(each) for each in left if not each.temporal]
    reading.take("<r>")
    reading.take(r"(?:how|how much|much)")
    if not measures:
        raise NotUnderstood("It is not clear what is followed over time; name a column of amounts.")
    time = times[0] if times else _clock(reading)
    return Ask(shape="trend", measures=measures, keys=[time, *others[:1]], conditions=reading.all_conditions())


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


def _measured(reading: Reading) -> Ask | None:
    keys = read_keys(reading)
    measures = read_measures(reading)
    if not measures:
        return None
    keys = keys or asked_key(reading)
    reading.take("<r>")
    if {each.column for each in keys} & {each.column for each in measures}:
        return None
    return _grouped(reading, measures, keys)


def _grouped(reading: Reading, measures: list[Measure], keys: list[Key]) -> Ask:
    conditions = reading.all_conditions()
    if not keys:
        return Ask(shape="value", measures=measures, conditions=conditions, having=reading.having)
    alone = len(keys) == 1 and (keys[0].part not in (None, "weekday") or reading.table.field(keys[0].column).temporal)
    return Ask(
        shape="trend" if alone and not reading.having else "groups",
        measures=measures,
        keys=keys[:2],
        conditions=conditions,
        having=reading.having,
    )


def _counted(reading: Reading) -> Ask | None:
    keys = read_keys(reading)
    count = read_count(reading)
    if reading.having and count is None:
        keys = keys or asked_key(reading)
        count = Measure(function="count") if keys else None
    if count is None:
        return None
    reading.take("<r>")
    return _grouped(reading, [count], keys)


def _listed(reading: Reading) -> Ask | None:
    """ "Which species are there", "list the islands", "what is the carrier of Delta": values themselves."""
    asked = reading.find(
        rf"(?:which|what|list|show|name|tell)(?: (?:me|is|are|all|every|the|different|distinct|unique|possible|us|out))* {C}"
    ) or (re.match(rf"[ ·]*(?:the |all )*{C}", reading.text) if reading.conditions else None)
    if not asked:
        return None
    columns = [each for each in _fields(reading) if not each.numeric]
    if len(columns) != 1:
        return None
    reading.blank(asked.start(), asked.end())
    reading.take("<r>")
    conditions = reading.all_conditions()
    return Ask(shape="values", keys=[key(columns[0])], conditions=conditions)


def _described(reading: Reading) -> Ask | None:
    """An amount named without a word for how: what its values are like."""
    reading.take(r"(?:describe|summari[sz]e|summary|statistics|stats|overview|how much|profile)(?: of| for)?")
    keys = read_keys(reading)
    spoken = spoken_of(reading)
    columns = ([spoken] if spoken else []) + _fields(reading)
    reading.take("<r>")
    if not columns or not all(each.numeric for each in columns):
        return None
    conditions: list[Condition] = reading.all_conditions()
    if keys:
        measures = [Measure(function="mean", column=each.name) for each in columns]
        reading.notes.append("The question names no way to combine the rows; their mean is shown.")
        return _grouped(reading, measures, keys)
    return Ask(shape="summary", columns=[each.name for each in columns], conditions=conditions)
