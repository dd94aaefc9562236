"""Dates and times of day in a text, as ISO 8601 says them."""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re
from dataclasses import dataclass

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DATED = re.compile(
    rf"""
    \b(?P<iso>\d{{4}}-\d{{2}}(?:-\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?)?)?)(?![\d-])
  | \b(?P<first>{MONTH})\.?\ (?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\ (?P<year1>\d{{4}}))?\b
  | \b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?(?P<second>{MONTH})\b\.?(?:,?\ (?P<year2>\d{{4}})\b)?
  | \b(?P<third>{MONTH})\.?,?\ (?:of\ )?(?P<year3>\d{{4}})\b
  | \b(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Dated:
    """A date found in a text; `iso` is how a cell with it begins: `2013-01-05`, `2013-01`, or `T10:30` for a time."""

    start: int
    end: int
    text: str
    iso: str


def month_number(name: str) -> int:
    """1 to 12, from a month's name or its first three letters."""
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name.casefold()[:3]))


def dates(text: str) -> list[Dated]:
    """Each date, month of a year and time of day; a day of a month without its year names none and is left out."""
    found = [(each, _iso(each)) for each in _DATED.finditer(text)]
    return [Dated(each.start(), each.end(), each[0], iso) for each, iso in found if iso]


def _iso(found: re.Match[str]) -> str:
    if found["iso"]:
        return found["iso"].replace(" ", "T")
    if found["clock"]:
        return "T" + found["clock"].zfill(5)
    if found["third"]:
        return f"{found['year3']}-{month_number(found['third']):02}"
    month, day = found["first"] or found["second"], found["day1"] or found["day2"]
    year = found["year1"] or found["year2"]
    return f"{year}-{month_number(month):02}-{int(day):02}" if year else ""
