"""Why each changed span of a rewritten prompt is there; only spans that exist are spoken of."""

from __future__ import annotations

import re

from parley_common.contracts.enhance import Change, Rationale
from parley_common.contracts.model import Contract
from parley_enhancer.domain.diff import inserted
from parley_enhancer.domain.elements import present
from parley_enhancer.domain.lexicon import ELEMENTS, Lexicon

_MOST, _LONGEST = 40, 400
_REASONS = {
    "role": "A role sets the expertise and the vocabulary of the answer.",
    "audience": "Says who will read it, which decides depth and wording.",
    "tone": "Says how it should sound.",
    "format": "Says how the result should look, so that it can be used as it is.",
    "constraints": "Sets a limit the answer can be checked against.",
    "examples": "Shows what is meant.",
    "goal": "Says more exactly what is wanted.",
}
_LINE = re.compile(r"[^\n]+")


class Reason(Contract):
    """A reason as a model gives it: the words it is about, quoted from its own prompt."""

    quote: str
    element: str = "goal"
    reason: str


def located(reasons: list[Reason], text: str) -> list[Rationale]:
    """The reasons whose quotation is really in the text, in the order of their places."""
    found: list[Rationale] = []
    taken: set[int] = set()
    for each in reasons[:_MOST]:
        quote = each.quote.strip()
        start = _find(text, quote, taken)
        if start < 0 or not each.reason.strip():
            continue
        taken.add(start)
        element = each.element if each.element in ELEMENTS else "goal"
        found.append(
            Rationale(element=element, start=start, end=start + len(quote), reason=each.reason.strip()[:_LONGEST])
        )
    return sorted(found, key=lambda each: each.start)


def completed(given: list[Rationale], changes: list[Change], text: str, lexicon: Lexicon | None) -> list[Rationale]:
    """Adds a plain reason for every changed line nobody gave one for."""
    spans = inserted(changes)
    found = list(given)
    for line in _LINE.finditer(text):
        start, end = line.span()
        changed = any(begin < end and start < stop for begin, stop in spans)
        if not changed or any(each.start < end and start < each.end for each in given) or line.group()[0] == "#":
            continue
        stated = present(line.group(), lexicon)
        element = next((each for each in _REASONS if each in stated), "goal")
        found.append(Rationale(element=element, start=start, end=end, reason=_REASONS[element]))
    return sorted(found, key=lambda each: each.start)[:_MOST]


def _find(text: str, quote: str, taken: set[int]) -> int:
    start = text.find(quote) if quote else -1
    while start in taken:
        start = text.find(quote, start + 1)
    return start
