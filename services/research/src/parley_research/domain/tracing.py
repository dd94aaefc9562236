"""The number check of both modes: what a text says in digits is in the cell it cites, or the sentence goes.

What counts as a number: digits with separators, decimals, exponents, signs (also the typographic minus), percent,
`3k` and `1.2 million`, each end of a range. It is supported when the cell it cites, rounded half up to the last written
place, is the number as written. Judged otherwise, and documented here because a reader will ask:

- Percent: "46.1 %" cites a cell that holds 46.1; only a column that calls itself a fraction, share, ratio, proportion
  or probability and whose cell lies in [-1, 1] is multiplied by 100, and then nothing else is right.
- Four plain digits from 1000 to 2999 without a citation are a year: right when a cell of the results is that year or a
  date in it. With a citation they are a number like any other.
- Dates and times of day, as ISO 8601 or in words, are right when a text cell of the results begins with them.
- Ordinals ("3rd") are ranks: right up to the number of rows of the largest result.
- Digits inside column names, values and phrases handed over as `names` are names: masked where they are more than
  digits, or stand in quotes; so are text cells that mix letters and digits, and digits after letters (`N14228`).
- Counting words up to twelve are style, not figures, and so are "half" and "twice"; larger number words are figures
  nobody can trace and therefore unsupported. So is what cannot be read as one number ("3,14", "1.2.3").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parley_common.contracts.model import Contract
from parley_common.contracts.research import Citation, CitedNumber, Statement
from parley_research.domain.dated import Dated, dates
from parley_research.domain.figures import Figure, figures, rounded
from parley_research.domain.results import Results, cited_value
from parley_research.domain.sentences import sentences

_FRACTION = re.compile(r"(?:^|[^a-z])(?:fraction|share|ratio|proportion|probability)s?$", re.IGNORECASE)
_LARGE_WORDS = re.compile(
    r"\b(?:(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|(?<!\d )(?:hundred|thousand|[mb]illion|trillion)|dozens?|hundreds|thousands|[mb]illions)\b",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "‘": "’", "`": "`", "'": "'", "«": "»"}


class Unsupported(Contract):
    """A number no cell supports, and why."""

    start: int
    end: int
    text: str
    reason: str


class Traced(Contract):
    """What is left of a text: each number in it is supported. `dropped` are the sentences that went."""

    statement: Statement
    unsupported: list[Unsupported]
    dropped: list[str]


class Claim(Contract):
    """What a model says of a number: how it wrote it, and the cell it took it from."""

    written: str
    citation: Citation


@dataclass(frozen=True)
class _Spot:
    start: int
    end: int
    text: str


def locate(text: str, claims: Iterable[Claim], results: Results) -> list[CitedNumber]:
    """Each claim at the first place not yet taken where its number stands in the text; others are left out."""
    found = figures(text)
    cited: list[CitedNumber] = []
    for claim in claims:
        value = cited_value(claim.citation, results)
        place = next((each for each in found if _same(each, claim.written)), None)
        if value is None or place is None:
            continue
        found.remove(place)
        cited.append(CitedNumber(start=place.start, end=place.end, value=value, citation=claim.citation))
    return sorted(cited, key=lambda number: number.start)


def _same(figure: Figure, written: str) -> bool:
    named = figures(written.strip())
    return bool(named) and (named[0].value, named[0].step) == (figure.value, figure.step)


def unsupported(statement: Statement, results: Results, names: Collection[str] = ()) -> list[Unsupported]:
    """Every number of the statement that no cell supports, in the order of the text."""
    text = statement.text
    masked = list(_masked(text, {*(each for each in names if each in text), *_named_cells(text, results)}))
    dated = [spot for spot in dates(text) if not _inside(spot.start, spot.end, masked)]
    masked += [(spot.start, spot.end) for spot in dated]
    complaints = [_of_date(spot) for spot in dated if not _date_known(spot, results)]
    for figure in figures(text):
        if not _inside(figure.start, figure.end, masked):
            reason = _why_not(figure, statement.numbers, results)
            complaints += [_complaint(figure.start, figure.end, text, reason)] if reason else []
    for word in _LARGE_WORDS.finditer(text):
        if not _inside(word.start(), word.end(), masked) and not _is_scale(text, word):
            complaints.append(_complaint(word.start(), word.end(), text, "A number in words cannot be traced."))
    return sorted(complaints, key=lambda complaint: complaint.start)


def trace(statement: Statement, results: Results, names: Collection[str] = ()) -> Traced:
    """The statement without the sentences that hold an unsupported number; the offsets of the others are moved."""
    wrong = unsupported(statement, results, names)
    kept: list[str] = []
    dropped: list[str] = []
    numbers: list[CitedNumber] = []
    length = 0
    for start, end in sentences(statement.text):
        if any(start <= each.start < end for each in wrong):
            dropped.append(statement.text[start:end].strip())
            continue
        kept.append(statement.text[start:end])
        numbers += _moved(statement.numbers, start, end, by=length - start)
        length += end - start
    text = "".join(kept).rstrip()
    return Traced(statement=Statement(text=text, numbers=numbers), unsupported=wrong, dropped=dropped)


def supports(figure: Figure, value: int | float, column: str) -> bool:
    """Whether the number as written is the cell's, rounded half up to its last place."""
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return False
    if figure.percent and _FRACTION.search(column) and abs(exact) <= 1:
        exact *= 100
    return rounded(exact, figure.step) == figure.value


def _moved(numbers: Sequence[CitedNumber], start: int, end: int, *, by: int) -> list[CitedNumber]:
    return [
        number.model_copy(update={"start": number.start + by, "end": number.end + by})
        for number in numbers
        if start <= number.start < end
    ]


def _why_not(figure: Figure, numbers: Sequence[CitedNumber], results: Results) -> str:
    if figure.kind == "malformed":
        return "It cannot be read as one number."
    if figure.kind == "ordinal":
        largest = max((max(each.row_count, len(each.rows)) for each in results.values()), default=0)
        return "" if 1 <= figure.value <= largest else "No result has that many rows."
    cited = next((each for each in numbers if each.start < figure.end and figure.start < each.end), None)
    if cited is None:
        known = figure.kind == "year" and _year_known(int(figure.value), results)
        return "" if known else "It cites no cell."
    value = cited_value(cited.citation, results)
    if value is None:
        return "The cell it cites does not exist or holds no number."
    right = supports(figure, value, cited.citation.column)
    return "" if right else f"The cell it cites holds {value}."


def _year_known(year: int, results: Results) -> bool:
    cells = [cell for result in results.values() for row in result.rows for cell in row]
    return any(cell == year if not isinstance(cell, str) else bool(re.match(rf"{year}(-|$)", cell)) for cell in cells)


def _date_known(spot: Dated, results: Results) -> bool:
    cells = (cell for result in results.values() for row in result.rows for cell in row if isinstance(cell, str))
    return any(cell.replace(" ", "T").startswith(spot.iso) or ("T" + cell).startswith(spot.iso) for cell in cells)


def _of_date(spot: Dated) -> Unsupported:
    return Unsupported(start=spot.start, end=spot.end, text=spot.text, reason="No cell holds this date.")


def _complaint(start: int, end: int, text: str, reason: str) -> Unsupported:
    return Unsupported(start=start, end=end, text=text[start:end], reason=reason)


def _masked(text: str, names: Collection[str]) -> Iterable[tuple[int, int]]:
    for name in sorted({each for each in names if re.search(r"\d", each)}, key=len, reverse=True):
        plain = re.fullmatch(r"[\d\s.,%+-]+", name)
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not plain or _quoted(text, found.start(), found.end()):
                yield found.span()


def _named_cells(text: str, results: Results) -> set[str]:
    """Values in the text that mix letters and digits ("N14228", "EMB-145XR") are names wherever they stand."""
    rows = (row for result in results.values() for row in result.rows)
    cells = {cell for row in rows for cell in row if isinstance(cell, str) and cell in text}
    return {cell for cell in cells if re.search(r"[^\W\d]", cell) and not dates(cell)}


def _quoted(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and _QUOTES.get(text[start - 1]) == text[end]


def _inside(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _is_scale(text: str, word: re.Match[str]) -> bool:
    return bool(re.search(r"\d[ \u00a0\u202f]?$", text[: word.start()]))
