"""Sentences that name no source, after a second look at them: cited, left as they are, or left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley_chat.domain.citations import markers_of
from parley_chat.domain.sentences import Span

_END = re.compile(r"[.!…。]*[\"'”’)*_]*$")
# What is left of a line whose sentence is gone: white space, and the sign or number of an item.
_EMPTY_ITEM = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,3}[.)])?[ \t]*\n?", re.MULTILINE)
_SPACES = re.compile(r"(?<=\S) {2,}")
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one sentence: the passages that say it, or whether it may stand without one."""

    numbers: tuple[int, ...] = ()
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Revised:
    """The text as it is now, how many sentences in it still name no source, and those that are gone from it."""

    text: str
    uncited: int
    left_out: list[str]


def revised(text: str, sentences: Sequence[Span], verdicts: Mapping[int, Verdict]) -> Revised:
    """`verdicts` by the place of a sentence in the list, from 0; what has none is left out. Nothing is reworded."""
    pieces: list[str] = []
    left_out: list[str] = []
    uncited = done = 0
    for at, span in enumerate(sentences):
        verdict, said = verdicts.get(at, Verdict()), span.of(text)
        pieces.append(text[done : span.start])
        done = span.end
        if verdict.numbers:
            pieces.append(_cited(said, verdict.numbers))
        elif verdict.stands:
            pieces.append(said)
            uncited += 1
        else:
            left_out.append(said)
    whole = "".join([*pieces, text[done:]])
    return Revised(_tidy(whole) if left_out else whole, uncited, left_out)


def _cited(sentence: str, numbers: Sequence[int]) -> str:
    end = _END.search(sentence)
    at = end.start() if end else len(sentence)
    return f"{sentence[:at]} {markers_of(numbers)}{sentence[at:]}"


def _tidy(text: str) -> str:
    """Without what sentences that are gone leave behind."""
    lines = [_SPACES.sub(" ", line).rstrip() for line in text.split("\n")]
    full = [line for line in lines if not line or _EMPTY_ITEM.sub("", line)]
    return _GAPS.sub("\n\n", "\n".join(full)).strip()
