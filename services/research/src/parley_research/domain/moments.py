"""When: years, months, days and ranges of them, tied to the one column that can tell."""

# Patterns and sentences are read in one line.
from __future__ import annotations

import re

from pydantic import JsonValue

from parley_research.domain.asks import Condition, Operator, Part
from parley_research.domain.dated import MONTH, month_number
from parley_research.domain.lexicon import WEEKDAYS
from parley_research.domain.reading import C, N, NotUnderstood, Reading, said
from parley_research.domain.table import Field

_SINCE: dict[str, Operator] = {
    "since": ">=",
    "starting": ">=",
    "after": ">",
    "before": "<",
    "prior to": "<",
    "earlier than": "<",
    "later than": ">",
    "until": "<=",
    "till": "<=",
    "through": "<=",
    "up to": "<=",
}
_AT = r"(?:in|during|for|of|from|on|at|within|by)"
_YEAR = r"(?:the )?(?:year )?"


def read_moments(reading: Reading) -> None:
    """Take every condition on time that one column of the table can tell."""
    _named_months(reading)
    _exact_days(reading)
    _years(reading)
    _days_of_months(reading)
    _months(reading)
    _weekdays(reading)
    _weekends(reading)
    _ends(reading)


def time_column(reading: Reading, part: Part) -> Field | None:
    """The column that tells a year, month, …: one that counts it, or the only one of dates."""
    named = [reading.table.field(each.name) for each in reading.table.fields if each.part == part]
    if len(named) == 1:
        return named[0]
    dated = [each for each in reading.table.fields if each.dated]
    spoken = [each for each in dated if any(reading.names[int(n)].fields == (each,) for n in reading.column_numbers())]
    if len(dated) > 1 and len(spoken) != 1:
        names = ", ".join(f"“{each.name}”" for each in dated)
        raise NotUnderstood(f"Several columns hold dates ({names}); name the one you mean.")
    return (spoken or dated or [None])[0]  # type: ignore[list-item]


def _add(reading: Reading, position: int, part: Part, operator: Operator, *values: JsonValue) -> bool:
    column = time_column(reading, part)
    if column is None:
        return False
    own = column.part == part
    condition = Condition(column=column.name, operator=operator, values=list(values), part=None if own else part)
    reading.condition(position, condition)
    return True


def _named_months(reading: Reading) -> None:
    """`2013-01` or "March 2014" as a year and a month, each told by its own column."""
    for index, dated in enumerate(reading.dates):
        if re.fullmatch(r"\d{4}-\d{2}", dated.iso) and _since_month(reading, index):
            continue
        found = reading.find(rf"{_AT} <d{index}>") or reading.find(rf"<d{index}>")
        if found and re.fullmatch(r"\d{4}-\d{2}", dated.iso):
            year, month = (int(each) for each in dated.iso.split("-"))
            known = _add(reading, found.start(), "year", "in", year) and _add(
                reading, found.start(), "month", "in", month
            )
            if known:
                reading.blank(found.start(), found.end())


def _since_month(reading: Reading, index: int) -> bool:
    """ "Since July 2019", of a column of dates."""
    found = reading.find(rf"({'|'.join(_SINCE)}) <d{index}>")
    column = time_column(reading, "day") if found else None
    if not found or column is None or not column.dated:
        return False
    year, month = (int(each) for each in reading.dates[index].iso.split("-"))
    operator = _SINCE[said(found[1])]
    if operator in (">", "<="):  # after March, up to March: the whole month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        operator = ">=" if operator == ">" else "<"
    condition = Condition(column=column.name, operator=operator, values=[f"{year}-{month:02}-01"], part="day")
    reading.condition(found.start(), condition)
    reading.blank(found.start(), found.end())
    return True


def _exact_days(reading: Reading) -> None:
    dated = [each for each in reading.table.fields if each.dated]
    if not dated or not reading.dates:
        return
    column = dated[0] if len(dated) == 1 else time_column(reading, "day")
    if column and column.part:
        raise NotUnderstood("Several columns hold dates; name the one you mean.")
    both = reading.take(r"(?:between|from) <d(\d+)> (?:and|to|until|through) <d(\d+)>")
    if both and column:
        values: list[JsonValue] = [reading.dates[int(each)].iso for each in both.groups()]
        reading.condition(both.start(), Condition(column=column.name, operator="between", values=values, part="day"))
    for found in iter(lambda: reading.take(rf"(?:({'|'.join(_SINCE)}|{_AT}) )?(?:the )?<d(\d+)>"), None):
        operator = _SINCE.get(said(found[1] or ""), "in")
        value = reading.dates[int(found[2])].iso
        if column and not value.startswith("T"):
            condition = Condition(column=column.name, operator=operator, values=[value[:10]], part="day")
            reading.condition(found.start(), condition)


def _years(reading: Reading) -> None:
    def year(number: str) -> int | None:
        told = reading.numbers[int(number)]
        return int(told.value) if told.year and told.unit is None else None

    patterns: list[tuple[str, Operator | None]] = [
        (rf"(?:between|from) {_YEAR}{N} (?:and|to|until|till|through) {_YEAR}{N}", "between"),
        (rf"{_AT} {_YEAR}{N} (?:or|and) (?:later|after|newer|onwards?|up)", ">="),
        (rf"{_AT} {_YEAR}{N} (?:or|and) (?:earlier|before|older)", "<="),
        (rf"({'|'.join(_SINCE)}) {_YEAR}{N}", None),
        (rf"{_AT} {_YEAR}{N} (?:and|or) {_YEAR}{N}", "in"),
        (rf"{_AT} {_YEAR}{N}", "in"),
        (rf"(?:the )?year {N}", "in"),
    ]
    for pattern, operator in patterns:
        found = reading.find(pattern)
        if not found:
            continue
        groups = [each for each in found.groups() if each is not None]
        numbers = [year(each) for each in groups if each.isdigit()]
        if None in numbers or _belongs(reading, found):
            continue
        if _add(reading, found.start(), "year", operator or _SINCE[said(groups[0])], *numbers):
            reading.blank(found.start(), found.end())


def _belongs(reading: Reading, found: re.Match[str]) -> bool:
    """Whether the number right behind a numeric column is its value, not a year: "distance of 1500"."""
    before = re.search(rf"{C} $", reading.text[: found.start() + 1].replace("·", ""))
    before = before or re.search(rf"{C} $", reading.text[: found.start()])
    return bool(before and found[0].startswith("of ") and reading.field(before[1]).numeric)


def _days_of_months(reading: Reading) -> None:
    """ "On December 25", whatever the year."""
    for pattern in (rf"(?:{_AT} )?({MONTH}) {N}(?! <c)", rf"(?:{_AT} )?{N} ({MONTH})"):
        found = reading.find(pattern)
        if not found:
            continue
        month, day = sorted(found.groups(), key=str.isdigit)
        number = reading.numbers[int(day)].value
        if not (isinstance(number, int) and 1 <= number <= 31):
            continue
        days = [each for each in reading.table.fields if each.part == "day"]
        if len(days) == 1 and _add(reading, found.start(), "month", "in", month_number(month)):
            reading.condition(found.start(), Condition(column=days[0].name, operator="in", values=[number]))
            reading.blank(found.start(), found.end())


def _months(reading: Reading) -> None:
    both = reading.find(rf"(?:from|between) ({MONTH}) (?:to|through|until|till|and) ({MONTH})")
    if both:
        first, last = (month_number(each) for each in both.groups())
        if first < last and _add(reading, both.start(), "month", "between", first, last):
            reading.blank(both.start(), both.end())
    for found in iter(lambda: reading.find(rf"(?:in|during|for|of|from) ({MONTH})(?: (?:and|or) ({MONTH}))?"), None):
        months = [month_number(each) for each in found.groups() if each]
        if not _add(reading, found.start(), "month", "in", *months):
            return
        reading.blank(found.start(), found.end())
    for found in iter(
        lambda: reading.find(rf"(?:in |during |for |of )?(?:the )?(?:q([1-4])|{_ORDINAL} (?:quarter|{C}))"), None
    ):
        if found[3] and not any(each.part == "quarter" for each in reading.names[int(found[3])].fields):
            return
        number = int(found[1]) if found[1] else _ORDINALS.index(found[2]) + 1
        if not _quarter(reading, found.start(), number):
            return
        reading.blank(found.start(), found.end())


_ORDINALS = ("first", "second", "third", "fourth")
_ORDINAL = f"({'|'.join(_ORDINALS)})"


def _quarter(reading: Reading, position: int, number: int) -> bool:
    """A quarter of the year, by a column that counts quarters, by months or by dates."""
    told = {each.part for each in reading.table.fields}
    if "quarter" not in told and "month" in told:
        return _add(reading, position, "month", "between", 3 * number - 2, 3 * number)
    return _add(reading, position, "quarter", "in", number)


def bare_years(reading: Reading) -> None:
    """ "Life expectancy Japan 1952": a number that is left and is a year the table holds."""
    for found in re.finditer(N, reading.text):
        number = reading.numbers[int(found[1])]
        column = time_column(reading, "year") if number.year and number.unit is None else None
        low, high = (column.column.minimum, column.column.maximum) if column and column.part == "year" else (0, 0)
        if isinstance(low, int | float) and isinstance(high, int | float) and low <= number.value <= high:
            _add(reading, found.start(), "year", "in", number.value)
            reading.blank(found.start(), found.end())


def _weekdays(reading: Reading) -> None:
    days = "|".join(WEEKDAYS)
    for found in iter(lambda: reading.find(rf"(?:on|for|of) (?:a )?({days})s?"), None):
        if not _add(reading, found.start(), "weekday", "in", WEEKDAYS.index(found[1]) + 1):
            return
        reading.blank(found.start(), found.end())


def _weekends(reading: Reading) -> None:
    """Saturdays and Sundays, of dates or of a column that names the days."""
    found = reading.find(
        r"(?:(not|excluding|except|without|outside) )?(?:(?:on|at|during|in|for|of) )?(?:the |a )?"
        r"(weekends?|weekdays?|workdays?|working days)(?: (?:is |are )?(excluded|left out))?"
    )
    if not found or re.search(rf"(?:by|per|each|every|which|what|{C})[ ·]+$", reading.text[: found.start() + 1]):
        return
    ends = found[2].startswith("weekend") == (found[1] is None and found[3] is None)
    wanted = (6, 7) if ends else (1, 2, 3, 4, 5)
    for field in reading.table.fields:
        days = [(_day(top.value), top.value) for top in field.column.top]
        if field.column.type == "text" and len(days) > 1 and all(number for number, _ in days):
            values = [value for number, value in days if number in wanted]
            reading.condition(found.start(), Condition(column=field.name, operator="in", values=values))
            reading.blank(found.start(), found.end())
            return
    if _add(reading, found.start(), "weekday", "in", *wanted):
        reading.blank(found.start(), found.end())


def _day(value: JsonValue) -> int | None:
    """1 to 7 for the name of a weekday or its beginning."""
    low = str(value).casefold()
    return next((number for number, day in enumerate(WEEKDAYS, 1) if len(low) > 2 and day.startswith(low)), None)


def _end_values(reading: Reading) -> None:
    """ "The last value of AAPL": that of the latest date, where each row is another one."""
    times = [each for each in reading.table.fields if each.temporal and each.column.distinct == reading.table.rows]
    word = r"(?:the )?(last|latest|final|most recent|first|initial|earliest)"
    found = reading.find(rf"{word} (?:value|reading|observation|price|level) (?:of |for )?(?:the )?(?={C})")
    if found and len(times) == 1:
        operator: Operator = "earliest" if found[1] in ("first", "initial", "earliest") else "latest"
        reading.condition(found.start(), Condition(column=times[0].name, operator=operator))
        reading.blank(found.start(), found.end())


def _ends(reading: Reading) -> None:
    """ "The latest year": anchored in the data, where "last year" is not."""
    _end_values(reading)
    found = reading.find(r"(?:in|during|for|of|from) the (latest|most recent|earliest|first) (?:year|<c(\d+)>)")
    if not found:
        return
    column = reading.field(found[2]) if found[2] else time_column(reading, "year")
    if column and column.temporal:
        operator: Operator = "earliest" if found[1] in ("earliest", "first") else "latest"
        part: Part | None = None if column.part == "year" or found[2] else "year"
        reading.condition(found.start(), Condition(column=column.name, operator=operator, part=part))
        reading.blank(found.start(), found.end())
