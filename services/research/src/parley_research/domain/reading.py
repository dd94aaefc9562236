"""A question being read: its names stand as `<c0>` `<v1>` `<n2>` `<d3>` `<r>`, and what is understood is blanked out.

A question is understood when nothing that carries meaning is left.
"""

# Lists of words are read as text, patterns in one line.
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parley_research.domain.asks import Condition, Found, Key, Part
from parley_research.domain.dated import Dated, dates
from parley_research.domain.hints import hinted, worldly
from parley_research.domain.lexicon import NUMBER_WORDS, UNITS, VOCABULARY
from parley_research.domain.mentions import Mention, mentions
from parley_research.domain.naming import Limits
from parley_research.domain.plainer import plainer
from parley_research.domain.spelling import corrected
from parley_research.domain.table import Field, Table
from parley_research.domain.words import Word, name_stems, stems, words

C = r"<c(\d+)>"
V = r"<v(\d+)>"
N = r"<n(\d+)>"
BLANK = "·"
_CLOCK = frozenset({"second", "minute", "hour", "day", "year"})
_BEFORE = frozenset(
    ["than", "least", "most", "over", "under", "above", "below", "exceeding", "exceeds", "and", "by", "of"]
)
# Up to here a float tells every whole number.
_LARGEST = 1e15
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


class NotUnderstood(Exception):
    """The question cannot be answered; its text says why."""


@dataclass(frozen=True)
class Number:
    """A number of the question and the unit written after it."""

    value: int | float
    unit: str | None = None
    text: str = ""

    @property
    def year(self) -> bool:
        """Whether it can be a year."""
        return isinstance(self.value, int) and 1000 <= self.value <= 2999 and len(self.text) == 4


@dataclass
class Reading:
    """The state of understanding one question."""

    question: str
    table: Table
    limits: Limits
    text: str = ""
    names: list[Mention] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    conditions: list[tuple[int, Condition]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    having: Condition | None = None
    grain: Part | None = None

    def find(self, pattern: str) -> re.Match[str] | None:
        """The first place the pattern stands, as whole words; a space of it also spans what is understood already."""
        return re.search(rf"(?<![\w<])(?:{pattern.replace(' ', '[ ·]+')})(?![\w>])", self.text)

    def take(self, pattern: str) -> re.Match[str] | None:
        """The same, blanked out: understood."""
        found = self.find(pattern)
        if found:
            self.blank(found.start(), found.end())
        return found

    def blank(self, start: int, end: int) -> None:
        """These characters are understood."""
        self.text = self.text[:start] + BLANK * (end - start) + self.text[end:]

    def field(self, number: str) -> Field:
        """The column of `<c0>`; one that could be several is refused with the choice."""
        fields = self.names[int(number)].fields
        if len(fields) > 1:
            raise NotUnderstood(self.choice(int(number)))
        return fields[0]

    def choice(self, number: int) -> str:
        """Which columns a word could mean."""
        mention = self.names[number]
        columns = ", ".join(f"“{each.name}”" for each in mention.fields)
        return f"“{mention.text}” could mean several columns ({columns}); name the one you mean."

    def narrow(self, topics: frozenset[str]) -> None:
        """Words that could be several columns are the one an adjective speaks of: long petals have a petal length."""
        for index, mention in enumerate(self.names):
            fitting = tuple(each for each in mention.fields if set(each.words) & topics)
            if len(mention.fields) > 1 and len(fitting) == 1:
                self.names[index] = replace(mention, fields=fitting)

    def column_numbers(self) -> list[str]:
        """The columns not yet understood, in the order of the text."""
        return re.findall(C, self.text)

    def condition(self, position: int, condition: Condition) -> None:
        """Rows must fulfil this."""
        self.conditions.append((position, condition))

    def all_conditions(self) -> list[Condition]:
        """All of them; several values of one column are alternatives."""
        return merged([condition for _, condition in sorted(self.conditions, key=lambda each: each[0])])


def merged(conditions: Sequence[Condition]) -> list[Condition]:
    """Conditions with equal columns and lists of values joined: Adelie and Gentoo are either."""
    result: list[Condition] = []
    for condition in conditions:
        same = next((each for each in result if _joins(each, condition)), None)
        if same is None:
            result.append(condition)
        else:
            values = [*same.values, *(value for value in condition.values if value not in same.values)]
            result[result.index(same)] = same.model_copy(update={"values": values})
    return result


def _joins(one: Condition, other: Condition) -> bool:
    same = (one.column, one.operator, one.part) == (other.column, other.operator, other.part)
    return same and one.operator in ("in", "not in")


def read(question: str, table: Table, found: Sequence[Found], limits: Limits) -> Reading:
    """The question with its names marked."""
    question = hinted(worldly(plainer(question), table), table)
    question, notes = corrected(question, _known(table, found))
    reading = Reading(question, table, limits, notes=notes)
    reading.dates = dates(question)
    reading.names = [each for each in mentions(question, table, found, limits) if not _dated(each, reading.dates)]
    reading.text = _marked(reading)
    return reading


def _known(table: Table, found: Sequence[Found]) -> set[str]:
    """The stems that mean something in this table, or in any."""
    told = {part for each in table.fields for part in (*each.words, *name_stems(each.name))}
    values = [str(top.value) for each in table.fields for top in each.column.top] + [each.phrase for each in found]
    return told | table.nouns | {part for value in values for part in stems(value)} | VOCABULARY


def _dated(mention: Mention, known: Sequence[Dated]) -> bool:
    return any(mention.start < each.end and each.start < mention.end for each in known)


def _marked(reading: Reading) -> str:
    pieces: list[str] = []
    position = 0
    tokens = words(reading.question)
    for index, token in enumerate(tokens):
        if token.start < position:
            continue
        marker, position = _marker(reading, tokens, index)
        pieces.append(marker)
    return " " + " ".join(each for each in pieces if each) + " "


def _marker(reading: Reading, tokens: Sequence[Word], index: int) -> tuple[str, int]:
    token = tokens[index]
    for number, dated in enumerate(reading.dates):
        if dated.start <= token.start < dated.end:
            return f"<d{number}>", dated.end
    for number, mention in enumerate(reading.names):
        if mention.start == token.start:
            kind = "c" if mention.fields else "v"
            return ("<r>" if mention.row else f"<{kind}{number}>"), mention.end
    if _all_of_them(reading, tokens, index):
        return "", token.end
    if token.number or token.text.casefold() in NUMBER_WORDS:
        return _numbered(reading, tokens, index)
    if token.mark:
        return ("," if token.text in ",;" else ""), token.end
    return token.text.casefold(), token.end


def _all_of_them(reading: Reading, tokens: Sequence[Word], index: int) -> bool:
    """ "The three species", where there are three: all of them."""
    if tokens[index].text.casefold() not in NUMBER_WORDS or not index or tokens[index - 1].stem not in ("the", "all"):
        return False
    behind = next((each for each in reading.names if each.start == tokens[index].end + 1), None)
    number = NUMBER_WORDS[tokens[index].text.casefold()]
    return bool(behind and len(behind.fields) == 1 and behind.fields[0].column.distinct == number)


def _numbered(reading: Reading, tokens: Sequence[Word], index: int) -> tuple[str, int]:
    token = tokens[index]
    value, unit, end = _value(token.text.casefold()), None, token.end
    if token.text[0] in "$€£":
        unit = UNITS[token.text[0]]
    if not abs(value) < _LARGEST:
        raise NotUnderstood(f"“{token.text[:40]}” is larger than any amount that is compared here.")
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following and following.stem in _SCALE:
        value, end = _whole(value * _SCALE[following.stem]), following.end
        following = tokens[index + 2] if index + 2 < len(tokens) else None
    taken = following and any(each.start == following.start for each in reading.names)
    if taken and following and following.stem in _CLOCK and index and tokens[index - 1].text.casefold() in _BEFORE:
        taken = False  # "more than 60 minutes", though a column is called minute
    if following and not taken and following.stem in UNITS and following.stem not in {"in"}:
        unit, end = UNITS[following.stem], following.end
    reading.numbers.append(Number(value, unit, token.text))
    return f"<n{len(reading.numbers) - 1}>", end


def _value(text: str) -> int | float:
    if text in NUMBER_WORDS:
        return NUMBER_WORDS[text]
    plain = text.lstrip("$€£").replace(",", "")
    scale = {"k": 1e3, "m": 1e6}.get(plain[-1], 1.0)
    return _whole(float(plain.rstrip("km")) * scale)


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def said(words: str) -> str:
    """A phrase that was found, without what in between is understood already."""
    return re.sub(rf"[ {BLANK}]+", " ", words)


def key(column: Field, part: Part | None = None) -> Key:
    """A column to group by."""
    return Key(column=column.name, part=part)
