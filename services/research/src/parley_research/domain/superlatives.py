"""What a superlative asks for: which end, how many, and whether of rows, groups or an amount."""

from __future__ import annotations

from dataclasses import dataclass, replace

from parley_research.domain.lexicon import ADJECTIVES
from parley_research.domain.reading import C, N, Reading

_EST = "|".join(word for word in ADJECTIVES if word.endswith("est"))
_POSITIVE = "|".join(word for word in ADJECTIVES if not word.endswith(("er", "est"))) + "|high|low|big|small|large"
_MOST = r"highest|largest|biggest|greatest|maximum|max|most|busiest"
_LEAST = r"lowest|smallest|least|fewest|minimum|min|rarest"
_ENDS = "highest|largest|biggest|greatest|maximum|max|lowest|smallest|minimum|min"
_ADJECTIVE = rf"most (expensive|costly|populous)|least (expensive|costly|populous)|({_EST})"
_COMMON = r"(?:common|frequent|frequently|popular|often|numerous|prevalent|represented|used)"


@dataclass
class Order:
    descending: bool
    limit: int | None
    topics: frozenset[str] | None
    word: str
    common: bool
    counted: bool
    nested: bool = False


def ordering(reading: Reading) -> Order | None:
    nested = reading.find(rf"(?:average|mean|median|sum) (?:of )?(?:the )?(?:{_ENDS}|{_EST})")
    order = _ordering(reading)
    return replace(order, nested=bool(nested)) if order else None


def _ordering(reading: Reading) -> Order | None:
    count = reading.take(rf"(?:the )?(top|bottom|first|last) {N}(?! (?:percent|<c\d+> of))") or reading.take(
        rf"(?:the )?{N}(?=\s+(?:\w+\s+)?(?:{_MOST}|{_LEAST}|{_EST})\b)"
    )
    limit: int | None = None
    descending: bool | None = None
    if count:
        limit = int(reading.numbers[int(count.groups()[-1])].value)
        descending = (
            {"top": True, "first": None, "bottom": False, "last": None}.get(count[1])
            if len(count.groups()) > 1
            else None
        )
    elif reading.take(r"(?:rank|ranking|sort|sorted|ordered|order)(?: of)?(?: all)?(?: the)?"):
        limit, descending = 0, not reading.take(r"(?:ascending|from lowest to highest)")
        reading.take(r"(?:descending|from highest to lowest)")
    plural_key = reading.find(rf"(?:which|what) {N} {C}") or reading.find(
        rf"(?:the )?{N} {C}(?= (?:with|that|by|having|who))"
    )
    if plural_key:
        limit = int(reading.numbers[int(plural_key[1])].value)
        reading.text = reading.text[: plural_key.start()] + "which " + reading.text[plural_key.start(2) - 2 :]
    return _superlative(reading, limit, descending)


def _superlative(reading: Reading, limit: int | None, descending: bool | None) -> Order | None:
    towering = reading.find(r"(?:the )?(highest|lowest) (?=<r>)")
    if towering and any(set(each.words) & ADJECTIVES["tall"][0] for each in reading.table.fields if each.numeric):
        reading.blank(towering.start(), towering.end())
        reading.take(r"how high (?:is|are)")
        return Order(towering[1] == "highest", limit or 1, ADJECTIVES["tall"][0], towering[1], False, False)
    found = reading.take(rf"(?:the )?(?:{_ADJECTIVE})")
    if found:
        reading.take(rf"how (?:{_POSITIVE}) (?:is|are|was|were)")
        word = next(each for each in found.groups() if each)
        topics, much = ADJECTIVES[word]
        if found[0].removeprefix("the ").startswith("least"):
            much = False
        if not any(set(each.words) & topics for each in reading.table.fields if each.numeric) and found[3]:
            # "longest departure delay": the column itself is named
            return Order(much, limit or 1, None, word, False, False)
        return Order(much, limit or 1, topics, word, False, False)
    common = reading.take(rf"(?:the )?(most|least) {_COMMON}")
    if common or reading.take(r"(?:the )?(?:busiest|mode of)"):
        return Order(not common or common[1] == "most", limit or 1, None, "", True, True)
    found = reading.take(rf"(?:the )?(?:({_MOST})|({_LEAST}))(?: number of| amount of| count of)?")
    if found:
        counted = (
            "number of" in found[0] or "count of" in found[0] or found[1] == "most" or found[2] in ("fewest", "least")
        )
        much = bool(found[1]) if descending is None else descending
        return Order(much, limit or 1, None, found[0], False, counted)
    if descending is not None:
        return Order(descending, limit, None, "", False, False)
    return None
