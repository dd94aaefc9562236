"""Most and least: which group, which rows, the top five, and what to say when "highest" could mean two things."""

# Patterns and sentences are read in one line.
from __future__ import annotations

from dataclasses import dataclass

from parley_research.domain.amounts import column_about
from parley_research.domain.asks import Ask, Key, Measure
from parley_research.domain.belonging import plays
from parley_research.domain.counting import weight
from parley_research.domain.keys import asked_key, read_keys
from parley_research.domain.lexicon import ADJECTIVES, MEASURING_VERBS
from parley_research.domain.measures import read_measures
from parley_research.domain.moments import time_column
from parley_research.domain.reading import C, N, NotUnderstood, Reading, key
from parley_research.domain.table import Field

_EST = "|".join(word for word in ADJECTIVES if word.endswith("est"))
_POSITIVE = "|".join(word for word in ADJECTIVES if not word.endswith(("er", "est"))) + "|high|low|big|small|large"
_MOST = r"highest|largest|biggest|greatest|maximum|max|most|busiest"
_LEAST = r"lowest|smallest|least|fewest|minimum|min|rarest"
_ADJECTIVE = rf"most (expensive|costly|populous)|least (expensive|costly|populous)|({_EST})"
_COMMON = r"(?:common|frequent|frequently|popular|often|numerous|prevalent|represented|used)"


@dataclass
class _Order:
    descending: bool
    limit: int | None
    topics: frozenset[str] | None
    word: str
    common: bool
    counted: bool


def ranking(reading: Reading) -> Ask | None:
    """A ranking, when the question holds a superlative or asks for a top."""
    order = _order(reading)
    if order is None:
        return None
    if order.topics is not None:
        return _by_adjective(reading, order)
    return _by_columns(reading, order)


def _order(reading: Reading) -> _Order | None:
    count = reading.take(rf"(?:the )?(top|bottom|first|last) {N}(?! (?:percent|<c\d+> of))") or reading.take(
        rf"(?:the )?{N}(?=\s+(?:\w+\s+)?(?:{_MOST}|{_LEAST}|{_EST})\b)"
    )
    limit: int | None = None
    descending: bool | None = None
    if count:
        limit = int(reading.numbers[int(count.groups()[-1])].value)
        descending = (
            {"top": True, "first": None, "bottom": False, "last": None}.get(count[1])
            if len(count.groups()) > 1
            else None
        )
    elif reading.take(r"(?:rank|ranking|sort|sorted|ordered|order)(?: of)?(?: all)?(?: the)?"):
        limit, descending = 0, not reading.take(r"(?:ascending|from lowest to highest)")
        reading.take(r"(?:descending|from highest to lowest)")
    plural_key = reading.find(rf"(?:which|what) {N} {C}") or reading.find(
        rf"(?:the )?{N} {C}(?= (?:with|that|by|having|who))"
    )
    if plural_key:
        limit = int(reading.numbers[int(plural_key[1])].value)
        reading.blank(plural_key.start(), plural_key.start(2) - 2)
        reading.text = reading.text[: plural_key.start()] + " which" + reading.text[plural_key.start() + 6 :]
    return _superlative(reading, limit, descending)


def _superlative(reading: Reading, limit: int | None, descending: bool | None) -> _Order | None:
    found = reading.take(rf"(?:the )?(?:{_ADJECTIVE})")
    if found:
        reading.take(rf"how (?:{_POSITIVE}) (?:is|are|was|were)")
        word = next(each for each in found.groups() if each)
        topics, much = ADJECTIVES[word]
        if found[0].removeprefix("the ").startswith("least"):
            much = False
        if not any(set(each.words) & topics for each in reading.table.fields if each.numeric) and found[3]:
            # "longest departure delay": the column itself is named
            return _Order(much, limit or 1, None, word, False, False)
        return _Order(much, limit or 1, topics, word, False, False)
    common = reading.take(rf"(?:the )?(most|least) {_COMMON}")
    if common or reading.take(r"(?:the )?(?:busiest|mode of)"):
        return _Order(not common or common[1] == "most", limit or 1, None, "", True, True)
    found = reading.take(rf"(?:the )?(?:({_MOST})|({_LEAST}))(?: number of| amount of| count of)?")
    if found:
        counted = (
            "number of" in found[0] or "count of" in found[0] or found[1] == "most" or found[2] in ("fewest", "least")
        )
        much = bool(found[1]) if descending is None else descending
        return _Order(much, limit or 1, None, found[0], False, counted)
    if descending is not None:
        return _Order(descending, limit, None, "", False, False)
    return None


def _by_adjective(reading: Reading, order: _Order) -> Ask | None:
    topics = order.topics or frozenset()
    reading.narrow(topics)
    measures = read_measures(reading)
    averaged = reading.take(r"(?:on average|average|typically|mean)") if not measures else None
    grouped = read_keys(reading, amounts=False)
    keys = grouped or _key(reading)
    column = reading.table.field(measures[0].column) if measures and measures[0].column else None
    column = column or _named(reading, topics) or column_about(reading, topics, order.word)
    _drop(reading, column)
    row = reading.take(r"(?:which |what |who )?<r>")
    reading.take(rf"(?:{'|'.join(MEASURING_VERBS)})")
    if grouped and not (measures or averaged) and order.limit == 1 and not reading.find(r"(?:which|what|who)"):
        best = Measure(function="max" if order.descending else "min", column=column.name)
        return Ask(shape="groups", measures=[best], keys=keys[:2], conditions=reading.all_conditions())
    if (keys and measures) or (keys and averaged):
        measure = measures[0] if measures else Measure(function="mean", column=column.name)
        return _top_groups(reading, order, keys, measure)
    if keys:
        return _extreme(reading, order, keys, column)
    if row or order.limit != 1 or reading.find(r"(?:who|which)"):
        return _top_rows(reading, order, column)
    function = "max" if order.descending else "min"
    return Ask(
        shape="value", measures=[Measure(function=function, column=column.name)], conditions=reading.all_conditions()
    )


def _named(reading: Reading, topics: frozenset[str]) -> Field | None:
    numeric = [
        reading.field(number)
        for number in reading.column_numbers()
        if any(each.numeric for each in reading.names[int(number)].fields)
    ]
    return numeric[0] if len(numeric) == 1 else None


def _drop(reading: Reading, column: Field) -> None:
    for number in reading.column_numbers():
        if reading.names[int(number)].fields == (column,):
            reading.take(f"(?:by )?(?:the )?<c{number}>")


def _key(reading: Reading) -> list[Key]:
    keys = asked_key(reading)
    if keys:
        return keys
    if reading.find("when"):
        clock = [each for each in reading.table.fields if each.temporal]
        if len(clock) == 1:
            reading.take("when")
            return [key(clock[0])]
        column = time_column(reading, "day")
        if column and column.dated:
            reading.take("when")
            return [key(column)]
        raise NotUnderstood("No single column tells when.")
    if reading.find("who"):
        named = [each for each in reading.table.fields if set(each.words) & {"name", "person", "player", "employee"}]
        verb = reading.find(r"who (\w+)")
        named = [
            each for each in reading.table.fields if verb and any(plays(verb[1], part) for part in each.words)
        ] or named
        if len(named) == 1 and named[0].column.type == "text":
            reading.take("who")
            return [key(named[0])]
    return []


def _by_columns(reading: Reading, order: _Order) -> Ask | None:
    measures = read_measures(reading)
    grouped = read_keys(reading, amounts=False)
    keys = grouped or _key(reading)
    if order.counted and len(reading.column_numbers()) == 1 and keys:
        _rows_by_name(reading)
    count = (
        reading.take(r"(?:(?:by|of|in|with) )?(?:number of |count of |total )?(?:<r>|count|frequency)(?: count)?")
        if not order.common
        else reading.take("<r>")
    )
    left = [reading.field(number) for number in reading.column_numbers()]
    amounts = [each for each in left if each.numeric and not each.label]
    labels = [each for each in left if each not in amounts]
    for number in reading.column_numbers():
        reading.take(rf"(?:(?:by|in|of|with) )?(?:the )?<c{number}>")
    if order.common:
        reading.take("who")
        keys = keys or [key(each) for each in labels or amounts]
        return _top_groups(reading, order, keys[:2], _count(reading)) if keys else None
    if measures:
        keys = keys or [key(each) for each in labels]
        return _top_groups(reading, order, keys[:2], measures[0]) if keys else None
    if len(amounts) > 1:
        return None
    if order.word in ADJECTIVES and not (amounts or measures):
        raise NotUnderstood(f"There is no column that tells what is “{order.word}”.")
    if amounts and grouped and order.limit == 1 and not order.counted:
        return None  # "highest speed per origin" is one for each
    if amounts:
        keys = keys or [key(each) for each in labels]
        return _by_amount(reading, order, keys, amounts[0], rows=bool(count))
    if keys and labels and order.counted:
        return _top_groups(reading, order, keys[:1], Measure(function="distinct", column=labels[0].name))
    keys = keys or [key(each) for each in labels]
    reading.take("who") if keys else None
    if keys and (count or order.counted or reading.conditions):
        return _top_groups(reading, order, keys[:2], _count(reading))
    return None


def _rows_by_name(reading: Reading) -> None:
    """ "The most districts", where each row is a district: the most rows."""
    column = reading.names[int(reading.column_numbers()[0])].fields[0]
    if column.column.distinct == reading.table.rows and column.column.type == "text":
        reading.take(f"<c{reading.column_numbers()[0]}>")


def _by_amount(reading: Reading, order: _Order, keys: list[Key], column: Field, *, rows: bool) -> Ask | None:
    if keys:
        if reading.table.field(keys[0].column).column.distinct == reading.table.rows:
            return _top_groups(reading, order, keys[:1], Measure(function="max", column=column.name))
        return _extreme(reading, order, keys[:1], column)
    if rows or order.limit != 1:
        return _top_rows(reading, order, column)
    function = "max" if order.descending else "min"
    return Ask(
        shape="value", measures=[Measure(function=function, column=column.name)], conditions=reading.all_conditions()
    )


def _count(reading: Reading) -> Measure:
    heavy = weight(reading.table)
    return Measure(function="sum", column=heavy.name) if heavy else Measure(function="count")


def _top_groups(reading: Reading, order: _Order, keys: list[Key], measure: Measure) -> Ask:
    if measure.function == "count" and all(_unique(each, reading) for each in keys):
        raise NotUnderstood(f"Every “{keys[0].column}” stands in one row, so none has more rows than another.")
    return Ask(
        shape="top groups",
        measures=[measure],
        keys=keys,
        conditions=reading.all_conditions(),
        descending=order.descending,
        limit=order.limit or None,
        having=reading.having,
    )


def _unique(each: Key, reading: Reading) -> bool:
    return not each.part and reading.table.field(each.column).column.distinct == reading.table.rows


def _extreme(reading: Reading, order: _Order, keys: list[Key], column: Field) -> Ask:
    first = "sum" if order.counted else "max" if order.descending else "min"
    return Ask(
        shape="extreme groups",
        measures=[Measure(function=first, column=column.name), Measure(function="mean", column=column.name)],
        keys=keys[:1],
        conditions=reading.all_conditions(),
        descending=order.descending,
        limit=order.limit or None,
    )


def _top_rows(reading: Reading, order: _Order, column: Field) -> Ask:
    return Ask(
        shape="top rows",
        columns=[column.name],
        conditions=reading.all_conditions(),
        descending=order.descending,
        limit=order.limit or 1,
    )
