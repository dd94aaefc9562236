"""The ways in which a text can mean a number, a date or a yes: a pattern that finds it and SQL that reads it.

In the SQL `{v}` stands for the value without blanks around it; what does not fit becomes NULL. Patterns mean the same
to Python's `re`, which judges a sample, and to RE2, which judges every value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

# Always missing; and missing where the other values are not text.
NO_TEXT = ("na", "n/a", "#n/a", "<na>", "null", "nan", "-", "--", "—", "–", "#div/0!", "#value!", "#ref!", "#name?")
NO_VALUE = (*NO_TEXT, "n.a.", "none", "nil", "missing", "?", ".", "..", "\\n", "#num!", "#null!", "nat")


@dataclass(frozen=True)
class Kind:
    """One reading. `style` tells readings of one type apart; `pair` names the two words of a yes-or-no."""

    type: str
    style: str
    pattern: str
    sql: str
    pair: tuple[str, str] | None = None

    def expression(self, value: str) -> str:
        """SQL that reads `value`, itself an SQL expression."""
        return self.sql.replace("{v}", value)


def _read(pattern: str, reading: str) -> str:
    quoted = pattern.replace("'", "''")
    return f"CASE WHEN regexp_full_match({{v}}, '{quoted}') THEN {reading} END"


def _kind(type: str, style: str, pattern: str, reading: str) -> Kind:
    return Kind(type, style, pattern, _read(pattern, reading))


# --- Yes or no

_PAIRS = (("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("ja", "nein"), ("oui", "non"), ("sí", "no"))


def _boolean(pair: tuple[str, str]) -> Kind:
    yes, no = pair
    sql = f"CASE lower({{v}}) WHEN '{yes}' THEN true WHEN '{no}' THEN false END"
    return Kind("boolean", "/".join(pair), f"(?i:{yes}|{no})", sql, pair)


# --- Numbers

# More digits than these would not survive: they are labels, and stay text. A plus before many digits is a telephone.
_WHOLE = r"(?:0|[1-9]\d{0,14})"
_LONG = r"(?:0|[1-9]\d{0,18})"
_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_GAP = " '’\u00a0\u202f"
# style: whole numbers, other numbers, SQL that leaves digits, a sign and a point
_STYLES = {
    "english": (rf"(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|{_WHOLE})", r"(?:\.\d+)?", "replace({x}, ',', '')"),
    "german": (
        rf"(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|{_WHOLE})",
        r"(?:,\d+)?",
        "replace(replace({x}, '.', ''), ',', '.')",
    ),
    "spaced": (
        rf"(?:[1-9]\d{{0,2}}(?:[{_GAP}]\d{{3}})+|{_WHOLE})",
        r"(?:[.,]\d+)?",
        "replace(translate({x}, '" + _GAP.replace("'", "''") + "', ''), ',', '.')",
    ),
}
_CURRENCIES = r"(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)"
_MARKS = re.compile(rf"%|{_CURRENCIES}")


def _plain_numbers() -> list[Kind]:
    number = rf"(?:\+[\d.]{{1,7}}|-?(?:{_WHOLE}(?:\.\d*)?|\.\d+){_EXPONENT})"
    return [
        _kind("integer", "plain", rf"-?{_LONG}", "TRY_CAST({v} AS BIGINT)"),
        _kind("number", "plain", number, "TRY_CAST({v} AS DOUBLE)"),
    ]


@cache
def _styled_numbers(mark: str) -> tuple[Kind, ...]:
    """Readings of amounts with `mark`, a currency or a percent sign before or after them, or with none."""
    kinds = []
    styles = {"plain": (_WHOLE, r"(?:\.\d+)?", "{x}"), **_STYLES} if mark else _STYLES
    for style, (whole, fraction, cleaning) in styles.items():
        for type, digits in (("integer", whole), ("number", whole + fraction)):
            reading = cleaning.replace("{x}", _bare(mark))
            cast = "BIGINT" if type == "integer" else "DOUBLE"
            kinds.append(_kind(type, style, _around(digits, mark), f"TRY_CAST({reading} AS {cast})"))
    return tuple(kinds)


def _around(digits: str, mark: str) -> str:
    if not mark:
        return rf"-?{digits}|\({digits}\)"
    sign = re.escape(mark).replace("\\%", "%")
    before, after = rf"-?{sign}\s?-?{digits}", rf"[+-]?{digits}\s?{sign}"
    return rf"{before}|{after}|\({sign}?\s?{digits}\s?{sign}?\)|-?{digits}"


def _bare(mark: str) -> str:
    """SQL for the digits and separators with a leading minus: brackets mean less than nothing."""
    gone = f"replace({{v}}, '{mark}', '')" if mark else "{v}"
    unsigned = f"trim(translate({gone}, '()+-', ''))"
    return f"(CASE WHEN {{v}} LIKE '(%' OR contains({{v}}, '-') THEN '-' ELSE '' END || {unsigned})"


# --- Dates and times

_DAY = {
    r"\d{1,2}\.\d{1,2}\.\d{4}": (("dmy", "%d.%m.%Y"),),
    r"\d{1,2}\.\d{1,2}\.\d{2}": (("dmy", "%d.%m.%y"),),
    r"\d{1,2}/\d{1,2}/\d{4}": (("mdy", "%m/%d/%Y"), ("dmy", "%d/%m/%Y")),
    r"\d{1,2}/\d{1,2}/\d{2}": (("mdy", "%m/%d/%y"), ("dmy", "%d/%m/%y")),
    r"\d{1,2}-\d{1,2}-\d{4}": (("dmy", "%d-%m-%Y"), ("mdy", "%m-%d-%Y")),
    r"\d{4}/\d{1,2}/\d{1,2}": (("ymd", "%Y/%m/%d"),),
    r"\d{4}\.\d{1,2}\.\d{1,2}": (("ymd", "%Y.%m.%d"),),
    r"\d{1,2} [A-Za-z]{3} \d{4}": (("named", "%d %b %Y"),),
    r"\d{1,2} [A-Za-z]{3,9} \d{4}": (("named", "%d %B %Y"),),
    r"[A-Za-z]{3} \d{1,2}, \d{4}": (("named", "%b %d, %Y"),),
    r"[A-Za-z]{3,9} \d{1,2}, \d{4}": (("named", "%B %d, %Y"),),
    r"\d{1,2}-[A-Za-z]{3}-\d{4}": (("named", "%d-%b-%Y"),),
    r"\d{1,2}-[A-Za-z]{3}-\d{2}": (("named", "%d-%b-%y"),),
}
_CLOCK = {
    r" \d{1,2}:\d{2}": " %H:%M",
    r" \d{1,2}:\d{2}:\d{2}": " %H:%M:%S",
    r" \d{1,2}:\d{2}:\d{2}\.\d{1,6}": " %H:%M:%S.%f",
    r" \d{1,2}:\d{2} [AaPp][Mm]": " %I:%M %p",
    r" \d{1,2}:\d{2}:\d{2} [AaPp][Mm]": " %I:%M:%S %p",
}
_ISO = r"\d{4}-\d{2}-\d{2}"
_ISO_CLOCK = r"[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?"
_ZONE = r" ?(?:Z|[+-]\d{2}(?::?\d{2})?)"


def _iso() -> list[Kind]:
    # DuckDB drops the offset of a text that it casts to TIMESTAMP: a zone has to go through TIMESTAMPTZ.
    zoned = r"TRY_CAST(regexp_replace({v}, '([+-]\d\d):?(\d\d)$', '\1:\2') AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return [
        _kind("date", "iso", _ISO, "TRY_CAST({v} AS DATE)"),
        _kind("timestamp", "iso", rf"{_ISO}(?:{_ISO_CLOCK})?", "TRY_CAST({v} AS TIMESTAMP)"),
        _kind("timestamp", "zoned", rf"{_ISO}{_ISO_CLOCK}{_ZONE}", zoned),
        _kind("time", "iso", r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?", "TRY_CAST({v} AS TIME)"),
        _kind("time", "short", r"\d:\d{2}(?::\d{2})?", "TRY_CAST('0' || {v} AS TIME)"),
        _kind("time", "noon", r"\d{1,2}:\d{2} [AaPp][Mm]", "CAST(TRY_STRPTIME({v}, '%I:%M %p') AS TIME)"),
    ]


def _calendar() -> list[Kind]:
    kinds = []
    for pattern, formats in _DAY.items():
        for style, form in formats:
            kinds.append(_kind("date", style, pattern, f"CAST(TRY_STRPTIME({{v}}, '{form}') AS DATE)"))
            kinds.extend(
                _kind("timestamp", style, pattern + clock, f"TRY_STRPTIME({{v}}, '{form}{time}')")
                for clock, time in _CLOCK.items()
            )
    return kinds


# --- What a sample may be

_PLAIN = [*_plain_numbers()]
_REST = [*_iso(), *_calendar(), *map(_boolean, _PAIRS)]
ENOUGH = 0.8


def candidates(sample: Sequence[str]) -> list[Kind]:
    """Readings that fit nearly all of a sample of distinct values, the likeliest first."""
    marks = {found.group() for value in sample[:50] if (found := _MARKS.search(value))}
    styled = _styled_numbers(marks.pop() if len(marks) == 1 else "")
    return [kind for kind in (*_PLAIN, *styled, *_REST) if _fits(kind, sample)]


def likeliest(kinds: Sequence[Kind], sample: Sequence[str]) -> list[Kind]:
    """Only the plain numbers, where a sample holds nothing else: proving every reading takes several times as long.

    Dots before groups of three digits stay open: they are decimal points, unless the file writes commas elsewhere.
    """
    plain = [kind for kind in kinds if kind.style == "plain"]
    if not any(_share(re.compile(kind.pattern), sample) == 1 for kind in plain):
        return list(kinds)
    dots = any("." in value for value in sample)
    return [kind for kind in kinds if kind.style == "plain" or (kind.style == "german" and dots)]


def _fits(kind: Kind, sample: Sequence[str]) -> bool:
    if not sample:
        return False
    pattern = re.compile(kind.pattern)
    # Most readings fit nothing at all, and the first few values show it.
    if len(sample) > 20 and not _share(pattern, sample[:20]) > 0:
        return False
    return _share(pattern, sample) >= ENOUGH


def _share(pattern: re.Pattern[str], sample: Iterable[str]) -> float:
    fitting = [pattern.fullmatch(value) is not None for value in sample]
    return sum(fitting) / len(fitting)
