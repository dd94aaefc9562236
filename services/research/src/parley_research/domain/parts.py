"""Several questions in one, taken apart where a new one clearly begins."""

from __future__ import annotations

import re

_ASKS = r"(?:what|which|how|who|when|where|why|is|are|does|do|did|was|were|show|list|give|compare|count|will|should)"
_BREAK = re.compile(
    rf"\?+[\"”’)]*\s+|(?<=[a-z\d]{{2}})[.;]\s+(?=[A-Za-z])|[,;]?\s+(?:and|but|also|then)\s+(?:also\s+)?(?={_ASKS}\b)|,\s+(?={_ASKS}\b)|\n+",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"^\W*(?:in|for|during|among|of|on|at|since|between|from|with|by|if|when)\b", re.IGNORECASE)
# What a phrase has that asks for something itself: "out of the penguins on Dream" does not.
_ASKING = re.compile(
    rf"\b{_ASKS}\b|\b(?:average|mean|median|total|sum|number|percent|percentage|share|top|most|least|trend|distribution|"
    r"correlation|ratio|tell|find|name|rank|plot|missing|outliers?)\b|\b\w+est\b|\?",
    re.IGNORECASE,
)
_BACKWARD = re.compile(r"\b(?:them|those|these)\b", re.IGNORECASE)


def parts(question: str, most: int) -> list[str]:
    """The single questions, in order; at most `most`, of which the last keeps the rest."""
    pieces: list[str] = []
    start = 0
    for found in _BREAK.finditer(question):
        piece = question[start : found.end()].strip()
        if (
            not _whole(question[start : found.start()])
            or not question[found.end() :].strip()
            or len(pieces) + 1 >= most
        ):
            continue
        pieces.append(_clean(piece))
        start = found.end()
    return [*pieces, question[start:].strip()]


def _whole(piece: str) -> bool:
    """Whether the words before a break are a question themselves, and not a phrase that belongs to the next."""
    return len(piece.split()) > 2 and not _MODIFIER.match(piece) and bool(_ASKING.search(piece))


def _clean(piece: str) -> str:
    return re.sub(r"[,;]?\s*\b(?:and|but|also|then)\s*$", "", piece, flags=re.IGNORECASE).strip(" ,;\n")


def backward(question: str) -> bool:
    """Whether the question speaks of the rows of the one before: "how many of them"."""
    return bool(_BACKWARD.search(question))
