"""What the words of a question name: columns, values and the rows themselves; the longest name wins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pydantic import JsonValue

from parley_research.domain.asks import Found
from parley_research.domain.dated import MONTHS
from parley_research.domain.lexicon import (
    DEMONYMS,
    PEOPLE,
    PERSON_NOUNS,
    ROLES,
    STOP,
    WEEKDAYS,
    WEIGHTS,
)
from parley_research.domain.naming import Limits, in_full, in_part
from parley_research.domain.table import Field, Table
from parley_research.domain.words import Word, plural, stems, words

_LONGEST = 8
_RECORDS = frozenset({"number", "high", "low", "amount", "value", "level"})
_COMPUTED = frozenset({"mean", "average", "median", "total", "sum", "maximum", "minimum"})


@dataclass(frozen=True)
class Mention:
    """Words `start` to `end` name these columns, or values of columns; more than one candidate is ambiguous."""

    start: int
    end: int
    text: str
    fields: tuple[Field, ...] = ()
    values: tuple[tuple[Field, JsonValue], ...] = ()
    exact: bool = True
    row: bool = False


def mentions(question: str, table: Table, found: Sequence[Found], limits: Limits) -> list[Mention]:
    """Every name in the question, none overlapping another."""
    tokens = words(question)
    taken: list[Mention] = []
    used: set[int] = set()
    for size in range(min(_LONGEST, len(tokens)), 0, -1):
        for first in range(len(tokens) - size + 1):
            span = tokens[first : first + size]
            if used & set(range(first, first + size)) or _unusable(span):
                continue
            mention = _mention(question, tokens, first, size, table=table, found=found, limits=limits)
            if mention:
                taken.append(mention)
                used |= set(range(first, first + size))
    joined = _together(sorted(taken, key=lambda mention: mention.start), question)
    return [_lengthened(each, tokens, question, table=table) for each in joined]


def _lengthened(mention: Mention, tokens: Sequence[Word], question: str, *, table: Table) -> Mention:
    """A column of counts with what it counts: "gold medals" in a file of medals, "Joly votes" where somebody won."""
    numeric = len(mention.fields) == 1 and mention.fields[0].column.type == "integer" and mention.fields[0].numeric
    following = next((each for each in tokens if each.start >= mention.end), None)
    if not numeric or following is None or question[mention.end : following.start].strip():
        return mention
    voted = following.stem == "vote" and any(each.words == ("winner",) for each in table.fields)
    if following.stem in table.topic or following.stem == "count" or voted:
        return replace(mention, end=following.end, text=question[mention.start : following.end])
    return mention


def _together(ordered: list[Mention], question: str) -> list[Mention]:
    """Neighbours that name the same column are one name: "airline carrier"."""
    joined: list[Mention] = []
    for each in ordered:
        last = joined[-1] if joined else None
        if last and _counts(last, each) and not question[last.end : each.start].strip():
            joined[-1] = Mention(last.start, each.end, question[last.start : each.end], each.fields)
        elif last and last.fields and last.fields == each.fields and not question[last.end : each.start].strip():
            joined[-1] = Mention(last.start, each.end, question[last.start : each.end], each.fields, exact=last.exact)
        else:
            joined.append(each)
    return joined


def _counts(label: Mention, count: Mention) -> bool:
    """ "Medal count" is the count, where a column of counts stands beside the one of what is counted."""
    weights = [each for each in count.fields if each.words in WEIGHTS]
    return len(label.fields) == 1 and label.fields[0].column.type == "text" and len(weights) == len(count.fields) == 1


def _unusable(span: Sequence[Word]) -> bool:
    return span[0].mark or span[-1].mark or any(each.text in ",;:?!" for each in span)


def _mention(
    question: str,
    tokens: Sequence[Word],
    first: int,
    size: int,
    *,
    table: Table,
    found: Sequence[Found],
    limits: Limits,
) -> Mention | None:
    span = tokens[first : first + size]
    key = tuple(word.stem for word in span if not word.mark)
    start, end = span[0].start, span[-1].end
    text = question[start:end]
    whole = in_full(key, text, table.fields)
    values = _values(key, text, table, found)
    quoted = start > 0 and question[start - 1] in "\"“'‘`"
    if quoted and values and text.casefold() == str(values[0][1]).casefold():
        return Mention(start, end, text, values=values)
    if size == 1 and (row := _row(span[0], tokens, first, table=table, whole=whole)):
        return Mention(start, end, text, row=row)
    if whole and not (size == 1 and span[0].number):
        return Mention(start, end, text, fields=whole, values=values)
    if values:
        return Mention(start, end, text, values=values)
    if size <= 3 and not (size == 1 and span[0].stem in _COMPUTED) and (part := in_part(span, table.fields, limits)):
        return Mention(start, end, text, fields=part, exact=False)
    return None


def _row(word: Word, tokens: Sequence[Word], first: int, *, table: Table, whole: Sequence[Field]) -> bool:
    """Whether the word stands for the rows; where a column goes by it too, only after "how many" and the like."""
    if word.stem == "person" and first and tokens[first - 1].text.casefold() in ("did", "do", "does"):
        return True
    if word.stem not in table.nouns or word.number:
        return False
    if word.text.casefold() == "record" and first + 1 < len(tokens) and tokens[first + 1].stem in _RECORDS:
        return False
    following = tokens[first + 1].stem if first + 1 < len(tokens) else ""
    if whole and whole[0].column.type == "integer" and word.stem == table.noun:
        return following not in {"number", "id", "code", "no"}
    if whole and plural(word.text) and word.stem in table.moments:
        return first > 0 and tokens[first - 1].stem in ("many", "of")
    if _one_of_several(word, tokens, first, table=table):
        return False
    if (
        word.stem in PERSON_NOUNS
        and word.stem in table.nouns
        and word.stem not in {each.name.casefold() for each in whole}
    ):
        return True
    if not whole:
        return word.stem in table.named or word.stem not in {part for each in table.fields for part in each.words}
    before = " ".join(each.stem for each in tokens[max(0, first - 3) : first])
    counted = re.search(
        r"\b(how many|number of|count|count of|percent of|percentage of|share of|most|of all)( \w+)?$", before
    )
    return word.stem == table.noun and plural(word.text) and bool(counted)


def _one_of_several(word: Word, tokens: Sequence[Word], first: int, *, table: Table) -> bool:
    """Whether "per person", "how many guests" speaks of those of whom a row has several, as a column of sizes tells."""
    sized = any(each.words == ("size",) and each.numeric for each in table.fields)
    before = tokens[first - 1].text.casefold() if first else ""
    counted = before in ("per", "each", "every", "many") or (before == "of" and tokens[first - 2].stem == "number")
    return sized and word.stem in PERSON_NOUNS | ROLES and counted


def _values(
    key: tuple[str, ...], text: str, table: Table, found: Sequence[Found]
) -> tuple[tuple[Field, JsonValue], ...]:
    if all(word in STOP and len(word) < 4 for word in key) and not text.isupper():
        return ()
    spellings = {key, *_short_day(key)}
    if text.casefold().endswith("ies"):
        spellings.add((*key[:-1], text.casefold().split()[-1][:-1]))  # Adelies are no Adelys
    known = [(field, value) for field, value, names in _tops(table.fields) if spellings & names]
    known += [
        (table.field(each.column), each.value)
        for each in found
        if stems(each.phrase) == key and (stems(str(each.value)) == key or text[0].isupper())
    ]
    if len(text) == 1 and text.islower():
        return ()
    if not known and (len(key) > 1 or (text[0].isupper() and len(text) > 4)):
        begun = [
            (field, value) for field, value, names in _tops(table.fields) if any(n[: len(key)] == key for n in names)
        ]
        known = begun if len(begun) == 1 else []
    same_case = [each for each in known if str(each[1]) == text]
    return tuple(dict.fromkeys(same_case or known))


def _short_day(key: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Sunday as tables write it: sun; January: jan; women: female."""
    if len(key) == 1 and key[0] in {*WEEKDAYS, *MONTHS}:
        return {(key[0][:3],), (key[0][:4],)}
    if len(key) == 1 and key[0] in DEMONYMS:
        return {stems(each) for each in DEMONYMS[key[0]]}
    return {(each,) for each in PEOPLE.get(key[0], ())} if len(key) == 1 else set()


@lru_cache(maxsize=64)
def _tops(fields: tuple[Field, ...]) -> tuple[tuple[Field, JsonValue, frozenset[tuple[str, ...]]], ...]:
    return tuple(
        (each, top.value, frozenset({stems(top.value)} - {()}))
        for each in fields
        if each.column.type == "text" and not (each.flag and str(top_values(each)[0]).isalpha())
        for top in each.column.top
        if isinstance(top.value, str)
    )


def top_values(field: Field) -> list[JsonValue]:
    """The frequent values of a column."""
    return [top.value for top in field.column.top]
