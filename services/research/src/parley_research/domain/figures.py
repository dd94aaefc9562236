"""Numbers as people read them: written with separators and sensible rounding, and read back from a text.

Rounding is half up, of the shortest decimal that names the float, so that one cell has one right spelling at each
number of decimals and a reader can check it by hand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

Kind = Literal["number", "year", "ordinal", "malformed"]

_MINUS = "-\N{MINUS SIGN}\N{EN DASH}"
# A lower-case m is a metre as often as a million: only M is a scale.
_SCALES = {"k": 3, "K": 3, "thousand": 3, "M": 6, "mn": 6, "million": 6, "bn": 9, "B": 9, "billion": 9, "trillion": 12}
_NUMBER = re.compile(
    rf"""
    (?<![\w.,])                                   # not inside a word, a version or a longer number
    (?P<sign>(?<![\w)\]])[{_MINUS}])?             # a sign, not the dash of a range
    [$€£]?
    (?P<digits>\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}})+(?![\d])|\d+)
    (?P<decimals>\.\d+)?
    (?P<exponent>[eE][+{_MINUS}]?\d+)?
    (?:(?P<ordinal>st|nd|rd|th)\b|[ \u00a0\u202f]?(?P<percent>%|percent\b|per\ cent\b)
      |[ \u00a0\u202f]?(?P<scale>thousand|million|billion|trillion)\b|(?P<short>k|mn|bn|K|M|B)\b)?
    """,
    re.VERBOSE,
)
# What makes a number unreadable: 3,14 or 1.2.3.
_MORE = re.compile(r"(?:[.,]\d+)+")
_RANGE_DASH = re.compile(rf"(?<=\d)[{_MINUS}](?=\d)")


@dataclass(frozen=True)
class Figure:
    """A number found in a text. `step` is the worth of its last written place; `percent` whether it says so."""

    start: int
    end: int
    text: str
    value: Decimal
    step: Decimal
    percent: bool
    kind: Kind


def figures(text: str) -> list[Figure]:
    """Every number written with digits; one that follows letters (`N14228`, `v2`) is a name and none."""
    spaced = _RANGE_DASH.sub("\N{FULLWIDTH TILDE}", text)
    return [_figure(found, spaced) for found in _NUMBER.finditer(spaced)]


def _figure(found: re.Match[str], text: str) -> Figure:
    odd = _MORE.match(text, found.end())
    digits = re.sub(r"[,\u00a0\u202f]", "", found["digits"])
    power = _SCALES.get(found["scale"] or found["short"] or "", 0)
    exponent = re.sub(f"[{_MINUS}]", "-", found["exponent"] or "e0")
    decimals = len(found["decimals"] or ".") - 1
    shift = power + max(-400, min(400, int(exponent[1:])))
    with localcontext(prec=1000):
        value = Decimal(digits + (found["decimals"] or "")).scaleb(shift)
        step = Decimal(1).scaleb(shift - decimals)
    return Figure(
        start=found.start(),
        end=odd.end() if odd else found.end(),
        text=found[0] + (odd[0] if odd else ""),
        value=-value if found["sign"] else value,
        step=step,
        percent=bool(found["percent"]),
        kind="malformed" if odd else _kind(found),
    )


def _kind(found: re.Match[str]) -> Kind:
    if found["ordinal"]:
        return "ordinal"
    plain = found[0] == found["digits"] and len(found[0]) == 4
    return "year" if plain and 1000 <= int(found[0]) <= 2999 else "number"


def rounded(value: float | int | Decimal, step: Decimal) -> Decimal:
    """The value to a multiple of `step`, half away from zero."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    with localcontext(prec=1000):
        return (exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def readable(value: float | int, decimals: int | None = None) -> str:
    """`336,776`, `4,201.75`, `0.0123`: whole numbers in full, others to two decimals or three significant digits.

    With `decimals` a number has just as many, unless nothing but zeros would be left of it.
    """
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    if whole and not decimals:
        return f"{int(value):,}"
    if value and not 1e-6 <= abs(value) < 1e15:
        return _scientific(Decimal(repr(value)))
    places = _places(abs(value)) if decimals is None or 0 < abs(value) < 10.0**-decimals / 2 else decimals
    with localcontext(prec=1000):
        short = rounded(value, Decimal(1).scaleb(-places)).quantize(Decimal(1).scaleb(-places))
    text = f"{short:,f}"
    exact = decimals is None and short == Decimal(repr(value))
    return text.rstrip("0").rstrip(".") if exact and "." in text else text


def decimals_of(values: Iterable[float | int], *, money: bool = False) -> int:
    """How many decimals numbers that stand beside each other have: those of the most exact, within what is sensible."""
    sizes = [abs(float(each)) for each in values if math.isfinite(each)]
    largest = max(sizes, default=0.0)
    most = _places(largest) if largest else 0
    needed = max((min(most, _written(size)) for size in sizes), default=0)
    return 2 if money and needed else needed


def _written(size: float) -> int:
    """Decimals of the shortest decimal that names the number."""
    return max(0, -int(Decimal(repr(size)).normalize().as_tuple().exponent))


def _places(size: float) -> int:
    if size >= 1:
        return 2
    return 2 - Decimal(repr(size)).adjusted()


def _scientific(value: Decimal) -> str:
    power = value.adjusted()
    return f"{rounded(value, Decimal(1).scaleb(power - 3)).scaleb(-power):.3f}e{power}"
