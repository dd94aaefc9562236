"""Whether a rewrite kept what only the author can know: literals, numbers, names, negations, and the language."""

from __future__ import annotations

from parley_enhancer.domain.language import detect
from parley_enhancer.domain.lexicon import LEXICONS, Lexicon, lexicon
from parley_enhancer.domain.literals import keeps, literals, masked
from parley_enhancer.domain.names import keeps_name, names
from parley_enhancer.domain.negation import keeps_negation, negated, negations
from parley_enhancer.domain.numbers import numbers

_SHOWN, _MOST = 300, 50


def lost(original: str, result: str) -> list[str]:
    """What of the original is not in the result any more, in the author's own words, each once; empty is good."""
    language = detect(original)
    words = lexicon(language)
    missing = _lost_literals(original, result) + _lost_numbers(original, result, words)
    missing += [name for name in names(masked(original), words) if not keeps_name(result, name)]
    if words:
        missing += _lost_negations(original, result, words)
    now = detect(result)
    if language and now and now != language:
        missing.append(f"language: {LEXICONS[language].name if language in LEXICONS else language}")
    return list(dict.fromkeys(_shown(each) for each in missing))[:_MOST]


def _lost_literals(original: str, result: str) -> list[str]:
    return [literal.text for literal in literals(original) if not keeps(result, literal)]


def _lost_numbers(original: str, result: str, words: Lexicon | None) -> list[str]:
    there = numbers(result, words)
    return [each.text for each in numbers(masked(original), words) if not any(each.same(other) for other in there)]


def _lost_negations(original: str, result: str, words: Lexicon) -> list[str]:
    result = masked(result, quotations=False)
    found = negations(masked(original, quotations=False), words)
    near = negated(result, words)
    return [each.text for each in found if not keeps_negation(near, each)]


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
