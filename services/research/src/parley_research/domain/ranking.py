"""Most and least: which group, which rows, the top five, and what to say when "highest" could mean two things."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from parley_research.domain.amounts import column_about
from parley_research.domain.asks import Ask, Function, Key, Measure
from parley_research.domain.belonging import plays
from parley_research.domain.counting import weight
from parley_research.domain.keys import asked_key, read_keys
from parley_research.domain.lexicon import ADJECTIVES, ENTITIES, MEASURING_VERBS, STOCKS
from parley_research.domain.measures import read_measures
from parley_research.domain.moments import time_column
from parley_research.domain.reading import C, NotUnderstood, Reading, key
from parley_research.domain.superlatives import Order, ordering
from parley_research.domain.table import Field


def ranking(reading: Reading) -> Ask | None:
    """A ranking, when the question holds a superlative or asks for a top."""
    order = ordering(reading)
    if order is None:
        return None
    if order.nested:
        raise NotUnderstood("An average of extremes takes two steps; ask for one of them.")
    if order.topics is not None:
        return _by_adjective(reading, order)
    return _by_columns(reading, order)


def _by_adjective(reading: Reading, order: Order) -> Ask | None:
    topics = order.topics or frozenset()
    reading.narrow(topics)
    measures = read_measures(reading)
    averaged = reading.take(r"(?:on average|average|typically|mean)") if not measures else None
    grouped = read_keys(reading, amounts=False)
    keys = grouped or _key(reading) or _behind(reading, order)
    column = reading.table.field(measures[0].column) if measures and measures[0].column else None
    if column and not topics & set(column.words):
        raise NotUnderstood(f"What is “{order.word}” and what “{column.name}” is then takes two steps.")
    column = column or _named(reading, order) or column_about(reading, topics, order.word)
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
        return _extreme(reading, order, keys, column, added=order.counted)
    if row or order.limit != 1 or reading.find(r"(?:who|which)"):
        if measures or averaged:
            raise NotUnderstood("An average of the rows that lead takes two steps; ask for one of them.")
        return _top_rows(reading, order, column)
    function = "max" if order.descending else "min"
    return Ask(
        shape="value", measures=[Measure(function=function, column=column.name)], conditions=reading.all_conditions()
    )


def _behind(reading: Reading, order: Order) -> list[Key]:
    """ "The richest country": the label right behind the word."""
    found = reading.find(rf"· {C}") if order.limit == 1 else None
    fields = reading.names[int(found[1])].fields if found else ()
    said = (
        re.search(rf"{order.word}\W+{re.escape(reading.names[int(found[1])].text)}", reading.question, re.I)
        if found
        else None
    )
    if not found or not said or len(fields) != 1 or fields[0].column.type != "text":
        return []
    reading.take(f"<c{found[1]}>")
    return [key(fields[0])]


def _named(reading: Reading, order: Order) -> Field | None:
    numeric = [
        reading.field(number)
        for number in reading.column_numbers()
        if any(each.numeric for each in reading.names[int(number)].fields)
    ]
    if len(numeric) != 1:
        return None
    topics = (order.topics or frozenset()) | (_SPANS if order.word in ("longest", "shortest") else frozenset())
    about = any(each.numeric and topics & set(each.words) for each in reading.table.fields)
    if about and not topics & set(numeric[0].words):
        raise NotUnderstood(f"What is “{order.word}” and what its “{numeric[0].name}” is takes two steps.")
    return numeric[0]


_SPANS = frozenset({"time", "duration", "delay"})


def _drop(reading: Reading, column: Field) -> None:
    for number in reading.column_numbers():
        if reading.names[int(number)].fields == (column,):
            reading.take(f"(?:by )?(?:the )?<c{number}>")


_WHO = ENTITIES | {"name", "person", "player", "employee"}


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
        named = [each for each in reading.table.fields if set(each.words) & _WHO]
        verb = reading.find(r"who (\w+)")
        named = [
            each for each in reading.table.fields if verb and any(plays(verb[1], part) for part in each.words)
        ] or named
        if len(named) == 1 and named[0].column.type == "text":
            reading.take("who")
            return [key(named[0])]
    return []


def _by_columns(reading: Reading, order: Order) -> Ask | None:
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
    if not amounts:
        return _by_count(reading, order, keys, labels, rows=bool(count))
    if len(amounts) > 1 or (grouped and order.limit == 1 and not order.counted):
        return None  # "highest speed per origin" is one for each
    keys = keys or [key(each) for each in labels]
    return _by_amount(reading, order, keys, amounts[0], rows=bool(count))


def _by_count(reading: Reading, order: Order, keys: list[Key], labels: list[Field], *, rows: bool) -> Ask | None:
    if order.word in ADJECTIVES:
        raise NotUnderstood(f"There is no column that tells what is “{order.word}”.")
    if keys and labels and order.counted:
        return _top_groups(reading, order, keys[:1], Measure(function="distinct", column=labels[0].name))
    keys = keys or [key(each) for each in labels]
    reading.take("who") if keys else None
    if keys and (rows or order.counted or reading.conditions):
        return _top_groups(reading, order, keys[:2], _count(reading))
    return None


def _rows_by_name(reading: Reading) -> None:
    """ "The most districts", where each row is a district: the most rows."""
    column = reading.names[int(reading.column_numbers()[0])].fields[0]
    if column.column.distinct == reading.table.rows and column.column.type == "text":
        reading.take(f"<c{reading.column_numbers()[0]}>")


def _by_amount(reading: Reading, order: Order, keys: list[Key], column: Field, *, rows: bool) -> Ask | None:
    if keys:
        if reading.table.field(keys[0].column).column.distinct == reading.table.rows:
            return _top_groups(reading, order, keys[:1], Measure(function="max", column=column.name))
        timed = any(reading.table.field(each.column).temporal for _, each in reading.conditions)
        added = order.counted or bool(timed and order.descending and STOCKS & set(column.words))
        return _extreme(reading, order, keys[:1], column, added=added and not rows)
    if rows or order.limit != 1:
        return _top_rows(reading, order, column)
    function = "max" if order.descending else "min"
    return Ask(
        shape="value", measures=[Measure(function=function, column=column.name)], conditions=reading.all_conditions()
    )


def _count(reading: Reading) -> Measure:
    heavy = weight(reading.table)
    return Measure(function="sum", column=heavy.name) if heavy else Measure(function="count")


def _top_groups(reading: Reading, order: Order, keys: list[Key], measure: Measure) -> Ask:
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


def _extreme(reading: Reading, order: Order, keys: list[Key], column: Field, *, added: bool = False) -> Ask:
    first: Function = "sum" if added else "max" if order.descending else "min"
    return Ask(
        shape="extreme groups",
        measures=[Measure(function=first, column=column.name), Measure(function="mean", column=column.name)],
        keys=keys[:1],
        conditions=reading.all_conditions(),
        descending=order.descending,
        limit=order.limit or None,
    )


def _top_rows(reading: Reading, order: Order, column: Field) -> Ask:
    return Ask(
        shape="top rows",
        columns=[column.name],
        conditions=reading.all_conditions(),
        descending=order.descending,
        limit=order.limit or 1,
    )
