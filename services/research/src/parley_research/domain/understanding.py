"""From one question to what it asks for, or to the reason why the data cannot tell: never a guess.

Every word must be accounted for: as a column, a value, a number in a condition, a word of the grammar, or a word that
carries no condition. One word left over, and the question is refused with it.
"""

# Patterns and sentences are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Sequence

from parley_research.domain.asks import Ask, Condition, Found, Refusal
from parley_research.domain.conditions import read_conditions
from parley_research.domain.doubts import doubt
from parley_research.domain.lexicon import LINKING, PERSON_COLUMNS, ROLES, STOP, TRAILING
from parley_research.domain.measures import FUNCTION
from parley_research.domain.moments import bare_years, read_moments
from parley_research.domain.naming import Limits
from parley_research.domain.reading import BLANK, NotUnderstood, Reading, merged, read
from parley_research.domain.refusals import plain_judgement, refused
from parley_research.domain.shapes import shape
from parley_research.domain.table import Table
from parley_research.domain.words import plural, stem

_WHERE = re.compile(r"^\s*where\b", re.IGNORECASE)


def understand(
    question: str,
    table: Table,
    found: Sequence[Found] = (),
    *,
    limits: Limits,
    inherited: Sequence[Condition] = (),
) -> Ask | Refusal:
    """What is asked; `inherited` are the conditions of the rows "them" speaks of."""
    try:
        ask = _understood(question, table, found, limits)
    except NotUnderstood as problem:
        return Refusal(reason=f"The data cannot tell: {_lower(str(problem))} {there(table)}")
    return ask if isinstance(ask, Refusal) else _inherit(ask, inherited)


def there(table: Table, most: int = 20) -> str:
    """What there is to ask about."""
    names = [f"“{_short(each.name)}”" for each in table.fields[:most]]
    more = f" and {len(table.fields) - most} more" if len(table.fields) > most else ""
    return f"Its columns are {', '.join(names)}{more}." if names else "It has no columns."


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:59] + "…"


def _lower(text: str) -> str:
    return text if text.startswith("“") else text[:1].lower() + text[1:]


def _inherit(ask: Ask, inherited: Sequence[Condition]) -> Ask:
    if not inherited:
        return ask
    if ask.shape in ("share", "shares"):
        return ask.model_copy(update={"base": merged([*inherited, *ask.base])})
    return ask.model_copy(update={"conditions": merged([*inherited, *ask.conditions])})


def _understood(question: str, table: Table, found: Sequence[Found], limits: Limits) -> Ask | Refusal:
    question = plain_judgement(question)
    own = {word for each in table.fields for word in (each.name.casefold(), *each.words)}
    reason = refused(question, own)
    if reason:
        return Refusal(reason=f"The data cannot tell: {reason}.")
    if _WHERE.match(question):
        raise NotUnderstood("Ask which value of a column instead of where.")
    reading = read(question, table, found, limits)
    read_moments(reading)
    read_conditions(reading)
    bare_years(reading)
    ask = shape(reading)
    left = _left(reading)
    if ask is None or left:
        raise NotUnderstood(_complaint(reading, left))
    doubt(ask, reading)
    notes = list(dict.fromkeys([*ask.notes, *_spelling(reading), *reading.notes]))
    return ask.model_copy(update={"notes": notes})


def _left(reading: Reading) -> list[str]:
    """The words that carry a meaning nobody took."""
    text = re.sub(rf"({BLANK}|<r>) (?:{'|'.join(TRAILING)})s?(?!\w)", r"\1", reading.text)
    joined = BLANK in text
    words = [each for each in text.replace(BLANK, " ").split() if each not in (",", "<r>")]
    left = [each for each in words if each not in STOP and not (joined and {each, stem(each)} & LINKING)]
    left += [each for each in words if each not in left and each not in STOP and _asked_for(each, reading)]
    return [_original(reading, each) for each in left if not _row_noun(reading, each, left)]


def _asked_for(word: str, reading: Reading) -> bool:
    """Whether the word is what is counted ("how many leaves"), so that it is no verb."""
    return bool(re.search(rf"\b(?:how many|number of) {re.escape(word)}\b", reading.question.casefold()))


def _row_noun(reading: Reading, word: str, left: Sequence[str]) -> bool:
    """Whether the one unknown word stands where the word for a row stands, in a table whose name gives no other."""
    people = bool(PERSON_COLUMNS & {part for each in reading.table.fields for part in each.words})
    role = people and stem(word) in ROLES
    alone = len(left) == 1 and plural(word) and (reading.table.noun is None or role)
    sized = any(each.words == ("size",) and each.numeric for each in reading.table.fields)
    if sized and _asked_for(word, reading):
        return False  # a row is a party, and of how many it is stands in it
    known = bool(reading.conditions) or (role and reading.table.noun is None)
    if not alone or not known or any(mention.row for mention in reading.names):
        return False
    if not role and not _attribute(reading):
        return False
    place = rf"(?:how many|number of|count of|percent of|percentage of|share of|proportion of|all|of|of the|which|what|·)[ ·]+{re.escape(word)}(?!\w)"
    marked = re.search(place, reading.text) or re.search(rf"· (?:the )?{re.escape(word)}(?!\w)", reading.text)
    if not marked:
        return False
    reading.notes.append(f"Each row was taken as one of the “{word}”; the table itself does not say what a row is.")
    return True


def _attribute(reading: Reading) -> bool:
    """Whether a condition speaks of what a row is like; a place or a year alone could be that of anything."""
    fields = [reading.table.field(condition.column) for _, condition in reading.conditions]
    return any((each.numeric and each.part is None) or each.flag for each in fields)


def _original(reading: Reading, word: str) -> str:
    placeholder = re.fullmatch(r"<([cvnd])(\d+)>", word)
    if not placeholder:
        return word
    number = int(placeholder[2])
    if placeholder[1] == "n":
        return reading.numbers[number].text
    if placeholder[1] == "d":
        return reading.dates[number].text
    return reading.names[number].text


def _complaint(reading: Reading, left: Sequence[str]) -> str:
    for number in reading.column_numbers():
        if len(reading.names[int(number)].fields) > 1:
            return reading.choice(int(number))
    names = {mention.text for mention in reading.names}
    unknown = [each for each in dict.fromkeys(left) if each not in names and not re.fullmatch(FUNCTION, each)]
    if unknown:
        return f"there is no column or value about {', '.join(f'“{each}”' for each in unknown)}."
    return "it is not clear what is to be computed from the columns the question names."


def _spelling(reading: Reading) -> list[str]:
    return [
        f"“{mention.text}” was read as the column “{mention.fields[0].name}”."
        for mention in reading.names
        if mention.fields and not mention.exact and len(mention.fields) == 1
    ]
