"""Sentences under construction, in which every number remembers its cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import JsonValue

from parley_common.contracts.research import Citation, CitedNumber, Statement
from parley_research.domain.expressions import short
from parley_research.domain.figures import decimals_of, readable
from parley_research.domain.results import Result

_CURRENCIES = ("$", "€", "£")


@dataclass
class Prose:
    """Text of one result, built piece by piece."""

    result: Result
    text: str = ""
    numbers: list[CitedNumber] = field(default_factory=list)

    def say(self, text: str) -> Prose:
        """Add words that hold no figure of a result."""
        self.text += text
        return self

    def cell(self, row: int, column: str, unit: str | None = None, *, like: str | None = None) -> Prose:
        """Add a cell: a number with its citation, its unit and as many decimals as those of `like`; else a name."""
        value = self.result.cell(row, column)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.say(named_value(value))
        return self._number(row, column, value, unit, like or column)

    def _number(self, row: int, column: str, value: int | float, unit: str | None, like: str) -> Prose:
        before = unit if unit in _CURRENCIES else ""
        start = len(self.text)
        self.text += before + (str(int(value)) if unit == "year" else readable(value, self._decimals(like, unit)))
        cited = Citation(query_id=self.result.query_id, row=row, column=column)
        self.numbers.append(CitedNumber(start=start, end=len(self.text), value=float(value), citation=cited))
        if unit and unit not in (*_CURRENCIES, "year"):
            self.text += f" {unit}"
        return self

    def _decimals(self, column: str, unit: str | None) -> int:
        """Numbers of one column look alike."""
        index = self.result.columns.index(column)
        cells = (row[index] for row in self.result.rows)
        return decimals_of(
            (each for each in cells if isinstance(each, int | float) and not isinstance(each, bool)),
            money=unit in _CURRENCIES,
        )

    def statement(self) -> Statement:
        """What was said."""
        return Statement(text=self.text, numbers=self.numbers)


def join(statements: list[Statement]) -> Statement:
    """Several statements as one text."""
    text = ""
    numbers: list[CitedNumber] = []
    for each in statements:
        text += " " if text else ""
        by = len(text)
        numbers += [n.model_copy(update={"start": n.start + by, "end": n.end + by}) for n in each.numbers]
        text += each.text
    return Statement(text=text, numbers=numbers)


def named(column: str) -> str:
    """A column's name in a sentence: quoted unless it is one plain word."""
    name = short(column)
    return name if re.fullmatch(r"[^\W\d][\w]*", name) else f"“{name}”"


def named_value(value: JsonValue) -> str:
    """A value in a sentence: quoted where digits or marks could be taken for part of it."""
    if value is None:
        return "(missing)"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = re.sub(r"(?<=\d)[T ]00:00(:00)?$", "", short(str(value)))
    iso = re.fullmatch(r"\d{4}-\d{2}(-\d{2}([T ].*)?)?", text)
    return text if iso or re.fullmatch(r"[^\W\d][^\d.,;:!?“”]*", text) else f"“{text}”"


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
