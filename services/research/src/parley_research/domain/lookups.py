"""Values the profile does not list, asked of the table before the question is read."""

# Every name and value of a statement has passed `quoting`.
# ruff: noqa: S608
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from parley_research.domain.asks import Found, Lookup
from parley_research.domain.lexicon import LINKING, STOP
from parley_research.domain.quoting import TABLE, identifier, literal
from parley_research.domain.results import Result
from parley_research.domain.table import Table
from parley_research.domain.words import Word, words

_LONGEST = 6
_COLUMN = "value"


def lookups(question: str, table: Table, *, columns: int, phrases: int = 200) -> list[Lookup]:
    """One query for each text column with more values than its profile lists, at most `columns` of them."""
    asked = _phrases(question)[:phrases]
    open_ = [
        each.name for each in table.fields if each.column.type == "text" and each.column.distinct > len(each.column.top)
    ]
    return [Lookup(column=name, sql=_sql(name, asked), phrases=asked) for name in open_[:columns] if asked]


def found(lookup: Lookup, result: Result) -> list[Found]:
    """What a lookup's rows say: the value, and the words of the question it goes by."""
    values = [str(row[0]) for row in result.rows if row and row[0] is not None]
    matches: list[Found] = []
    for phrase in lookup.phrases:
        exact = [each for each in values if each.strip().casefold() == phrase]
        begun = [each for each in values if each.casefold().startswith(phrase + " ")] if not exact else []
        chosen = exact or (begun if len(begun) == 1 and _named(phrase) else [])
        matches += [Found(column=lookup.column, value=value, phrase=phrase) for value in chosen]
    return matches


def _named(phrase: str) -> bool:
    return len(phrase.split()) > 1 or len(phrase) > 4


def _phrases(question: str) -> list[str]:
    tokens = words(question)
    spans = (
        (first, first + size)
        for size in range(min(_LONGEST, len(tokens)), 0, -1)
        for first in range(len(tokens) - size + 1)
    )
    texts = (
        question[tokens[a].start : tokens[b - 1].end].casefold() for a, b in spans if _sayable(tokens[a:b], question)
    )
    return list(dict.fromkeys(texts))


def _sayable(span: Sequence[Word], question: str) -> bool:
    if span[0].mark or span[-1].mark or any(each.text in ";?!" for each in span):
        return False
    edge = [each.text.casefold() for each in (span[0], span[-1])]
    if len(span) == 1:
        text = span[0].text
        return not span[0].number and (text.isupper() or not (edge[0] in STOP or edge[0] in LINKING))
    return not all(_common(each) for each in span) and (edge[0] not in STOP or span[0].text[0].isupper())


def _common(word: Word) -> bool:
    return word.mark or word.text.casefold() in STOP


def _sql(column: str, phrases: Iterable[str]) -> str:
    name = identifier(column)
    phrases = list(phrases)
    exact = ", ".join(literal(each) for each in phrases)
    begun = [f"lower({name}) LIKE {literal(_pattern(each))} ESCAPE '\\'" for each in phrases if _named(each)]
    either = " OR ".join([f"lower(trim({name})) IN ({exact})", *begun])
    return (
        f"SELECT DISTINCT {name} AS {identifier(_COLUMN)} FROM {identifier(TABLE)} WHERE {either} ORDER BY 1 LIMIT 200"
    )


def _pattern(phrase: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", phrase) + " %"
