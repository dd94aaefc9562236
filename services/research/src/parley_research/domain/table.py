"""A table as a question sees it: its columns with the words, unit and role of each."""

# Lists of words are read as text, patterns in one line.
# ruff: noqa: RUF021
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from parley_common.contracts.datasets import Column, Profile
from parley_research.domain.lexicon import (
    ENTITIES,
    PERSON_COLUMNS,
    PERSON_NOUNS,
    ROLES,
    ROW_NOUNS,
    SHORT_FOR,
    TOLD_BY_COLUMNS,
    UNITS,
    VAGUE_NAMES,
)
from parley_research.domain.words import name_stems, plural, words

_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{1,12}?)\s*[)\]]\s*$")
_YES = {"yes", "y", "true", "t", "1"}
_NO = {"no", "n", "false", "f", "0"}


@dataclass(frozen=True, eq=False)
class Field:
    """A column with its words; `unit` as written after a number, `yes` and `no` the values of a two-way column."""

    column: Column
    words: tuple[str, ...]
    unit: str | None
    yes: JsonValue = None
    no: JsonValue = None

    @property
    def name(self) -> str:
        """The column's name in the file."""
        return self.column.name

    @property
    def numeric(self) -> bool:
        """Whether arithmetic makes sense: a number, and neither a label nor a point in time."""
        return self.column.type in ("integer", "number") and not self.label and self.part is None

    @property
    def label(self) -> bool:
        """Whether its numbers only name things: ids, codes."""
        last = self.words[-1] if self.words else ""
        return self.column.type == "integer" and last in {"id", "code", "zip", "postcode", "zipcode", "iso", "key"}

    @property
    def dated(self) -> bool:
        """Whether it holds dates."""
        return self.column.type in ("date", "timestamp")

    @property
    def part(self) -> str | None:
        """`year`, `quarter`, `month`, `day` or `hour` for a column of whole numbers that counts one of these."""
        if self.column.type not in ("integer", "number") or not self.words:
            return None
        low, high = self.column.minimum, self.column.maximum
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            return None
        limits = {"year": (1000, 2999), "quarter": (1, 4), "month": (1, 12), "day": (1, 31), "hour": (0, 24)}
        last = {"yr": "year"}.get(self.words[-1], self.words[-1])
        if (
            last not in limits
            or len(self.words) > 2
            or self.column.type == "number"
            and last not in ("year", "quarter")
        ):
            return None
        return last if limits[last][0] <= low and high <= limits[last][1] else None

    @property
    def temporal(self) -> bool:
        """Whether rows can be put in time by it alone."""
        return self.dated or self.part == "year"

    @property
    def flag(self) -> bool:
        """Whether it only says yes or no."""
        return self.yes is not None

    def few(self, most: int) -> bool:
        """Whether it splits the rows into at most that many groups."""
        return 1 < self.column.distinct <= most and not self.dated


@dataclass(frozen=True, eq=False)
class Table:
    """All columns, how many rows, and the nouns a row goes by; `noun` and `named` come from its own.

    `topic` are those of its name that say what it is about where a row is something else.
    """

    fields: tuple[Field, ...]
    rows: int
    nouns: frozenset[str]
    noun: str | None = None
    named: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    by_name: dict[str, Field] = field(default_factory=dict)

    def field(self, name: str) -> Field:
        """The column of that name."""
        return self.by_name[name]


def table(profile: Profile, name: str = "") -> Table:
    """The table a profile describes; `name` is the upload's file name, which often says what a row is."""
    fields = tuple(_field(column, profile.rows) for column in profile.columns)
    told = _told_by_rows(fields, profile.rows)
    noun = None if told else _noun(name)
    named = set() if told else _name_nouns(name)
    nouns = set(ROW_NOUNS) | _key_nouns(fields, profile.rows) | named
    words_known = {word for each in fields for word in each.words}
    if PERSON_COLUMNS & words_known:
        nouns |= PERSON_NOUNS
    if any(each.words == ("size",) for each in fields) and PERSON_COLUMNS & words_known:
        nouns |= {"party"}
    nouns |= {noun for word in words_known for noun in TOLD_BY_COLUMNS.get(word, ())}
    if {"age"} & words_known:
        nouns |= ROLES
    by_name = {each.name: each for each in fields}
    topic = frozenset(_name_nouns(name)) - named
    moments = _moments(fields, profile.rows)
    return Table(fields, profile.rows, frozenset(nouns | moments), noun, frozenset(named), topic, moments, by_name)


def _moments(fields: Iterable[Field], rows: int) -> frozenset[str]:
    """`quarter` or `month` where there are just as many rows as the years have."""
    parts = {each.part: each.column.distinct for each in fields if each.part}
    last = next((each for each in ("month", "quarter") if each in parts), "")
    many = parts.get("year", 0) * {"month": 12, "quarter": 4}.get(last, 0)
    return (
        frozenset({last} if 0 < many - parts[last] < rows <= many and "day" not in parts else set())
        if last
        else frozenset()
    )


def _told_by_rows(fields: Iterable[Field], rows: int) -> bool:
    """Whether each row is a day or a nation, so that the file's name ("stocks", "medals") does not say what it is."""
    alone = [each for each in fields if each.column.distinct == rows and rows > 1]
    return any(each.dated or (each.column.type == "text" and set(each.words[-1:]) & ENTITIES) for each in alone)


def _field(column: Column, rows: int) -> Field:
    bracket = _BRACKETED.search(column.name)
    plain = column.name[: bracket.start()] if bracket else column.name
    stems = name_stems(plain)
    unit = UNITS.get(bracket[1].casefold(), bracket[1]) if bracket else None
    if unit is None and len(stems) > 1 and stems[-1] in UNITS and stems[-1] not in {"year", "day", "hour", "minute"}:
        unit, stems = UNITS[stems[-1]], stems[:-1]
    expanded = tuple(word for stem in stems for word in SHORT_FOR.get(stem, stem).split())
    yes, no = _yes_no(column)
    return Field(column, expanded, unit, yes, no)


def _yes_no(column: Column) -> tuple[JsonValue, JsonValue]:
    if column.type == "boolean":
        return True, False
    if column.type == "integer" and (column.minimum, column.maximum) == (0, 1):
        return 1, 0
    values = [top.value for top in column.top]
    if column.type == "text" and column.distinct == 2 and len(values) == 2:
        yes = next((each for each in values if str(each).casefold() in _YES), None)
        no = next((each for each in values if str(each).casefold() in _NO), None)
        if yes is not None and no is not None:
            return yes, no
    return None, None


def _stem_words(name: str) -> list[str]:
    plain = re.sub(r"\.\w{1,8}$", "", name)
    return [word.text.casefold() for word in words(plain.replace("-", " ")) if word.text.isalpha()]


def _noun(name: str) -> str | None:
    told = [word for word in _stem_words(name) if name_stems(word)[0] not in VAGUE_NAMES]
    return name_stems(told[-1])[0] if told and plural(told[-1]) else None


def _name_nouns(name: str) -> set[str]:
    return {name_stems(word)[0] for word in _stem_words(name)} - VAGUE_NAMES - set(UNITS)


def _key_nouns(fields: Iterable[Field], rows: int) -> set[str]:
    """`order_id`, different in every row, says that a row is an order."""
    return {
        each.words[0]
        for each in fields
        if len(each.words) == 2 and each.words[1] in {"id", "no", "number", "key"} and each.column.distinct == rows
    }
