"""What a prompt forbids: each negation with the words it is about, and whether another text still forbids it.

A rewrite may turn "no emojis" into "avoid emojis"; it must not drop it. So a negation survives if one of its words
stands close to any negating word within one sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice

from parley_enhancer.domain.lexicon import Lexicon

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_END = re.compile(r"[.!?;\n]+")
# In letters, then in words; a scope is within reach of its own negation, so that a text never misses its own.
_STEM, _SCOPE, _SCOPE_WITHIN, _NEAR = 5, 4, 7, 9
_REACH = 400  # characters


@dataclass(frozen=True, slots=True)
class Negation:
    """`text` is how the author put it, `stems` the beginnings of the words that are negated."""

    text: str
    stems: tuple[str, ...]


def negations(text: str, lexicon: Lexicon) -> list[Negation]:
    """Every negation in a text without code; turns of phrase such as "not only" are none."""
    found = []
    for sentence in _END.split(lexicon.idioms.sub(lambda match: " " * len(match.group()), text)):
        covered = 0
        for match in lexicon.negation.finditer(sentence):
            if match.start() < covered:
                continue
            negation, covered = _scope(sentence, match, lexicon)
            if negation:
                found.append(negation)
    return found


def negated(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Every word of a text without code that stands close to a negating one."""
    found: set[str] = set()
    for sentence in _END.split(text):
        words = list(_WORD.finditer(sentence))
        starts = [word.start() for word in words]
        for match in lexicon.softer.finditer(sentence):
            at = bisect_left(starts, match.start())
            found.update(word.group().casefold() for word in words[max(0, at - _NEAR) : at + _NEAR + 1])
    return frozenset(found)


def keeps_negation(near: frozenset[str], negation: Negation) -> bool:
    """Whether a text, given by its negated words, still negates what the author negated."""
    return any(word.startswith(negation.stems) for word in near)


def _scope(sentence: str, match: re.Match[str], lexicon: Lexicon) -> tuple[Negation | None, int]:
    """The words after the negation, up to a comma; at the end of a clause (German) those before it."""
    after, end = _content(sentence, match.end(), lexicon)
    if after:
        return Negation(sentence[match.start() : end].strip(), _stems(after)), end
    clause = sentence[max(0, match.start() - _REACH) : match.start()].rpartition(",")[2]
    nearest = _WORD.findall(clause)[-_SCOPE_WITHIN:]
    before = [word for word in nearest if _counts(word, lexicon)][-_SCOPE:]
    if not before:
        return None, match.end()
    return Negation((clause + match.group()).strip(), _stems(before)), match.end()


def _content(sentence: str, start: int, lexicon: Lexicon) -> tuple[list[str], int]:
    words: list[str] = []
    end = start
    for match in islice(_WORD.finditer(sentence, start), _SCOPE_WITHIN):
        if words and "," in sentence[end : match.start()]:
            break
        if _counts(match.group(), lexicon):
            words.append(match.group())
        end = match.end()
        if len(words) == _SCOPE:
            break
    return words, end


def _counts(word: str, lexicon: Lexicon) -> bool:
    folded = word.casefold()
    return len(folded) > 2 and folded not in lexicon.function_words and not lexicon.negation.fullmatch(folded)


def _stems(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.casefold()[:_STEM] for word in words))
