"""Which language a prompt is written in, from the words it is made of.

Prompts are short and full of technical terms: statistical detectors, trained on whole documents, take "schreib mail an
chef" for Irish and "make it better" for Frisian. Telling apart few languages by the words people use in prompts is more
reliable here, weighs nothing, and says "don't know" when it does not: then the enhancer adds no words of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

from parley_enhancer.domain.lexicon import LEXICONS, NEIGHBOURS
from parley_enhancer.domain.literals import masked

_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = {
    "de": "ßäöü",
    "fr": "çœêëîïûàèù",
    "es": "ñ¿¡áíóú",
    "it": "àèìòù",
    "pt": "ãõçâêáíú",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "pl": "łąęśżźćńó",
    "cs": "řěšžčůý",
    "tr": "ğışçöü",
    "hu": "őűáéí",
    "ro": "șțăîâ",
    "fi": "äö",
    "vi": "đơưạảấầ",
}
_ENDINGS = {
    "en": ("ing", "tion", "ness", "ment", "ly", "ed"),
    "de": ("ung", "ungen", "keit", "heit", "schaft", "lich", "isch", "ieren"),
    "fr": ("tion", "ment", "eux", "euse", "eur", "ique", "ais", "ez"),
    "es": ("ción", "ciones", "dad", "mente", "ando", "iendo"),
    "it": ("zione", "zioni", "mente", "ità", "ando", "endo", "ggio"),
    "pt": ("ção", "ções", "dade", "mente", "ando", "endo", "inho"),
}
_ENDING_WEIGHT, _LETTER_WEIGHT = 0.3, 0.6
# One word alone must be known to this one language; of two languages one must be clearly ahead.
_ENOUGH, _AHEAD = 0.45, 1.15
_LATIN = "Latin"


def detect(text: str) -> str | None:
    """The ISO 639-1 code, or the name of the script if it is not the Latin one, or `None` if there is no telling."""
    words = [word.casefold() for word in _WORD.findall(masked(text))]
    script = _script(words)
    if script != _LATIN:
        return script
    scores = sorted(_scores(words).items(), key=lambda item: (-item[1], item[0]))
    if not scores or scores[0][1] < _ENOUGH:
        return None
    runner_up = scores[1][1] if len(scores) > 1 else 0.0
    return scores[0][0] if scores[0][1] >= runner_up * _AHEAD else None


def spoken(*texts: str) -> str | None:
    """The language of the first text that shows one."""
    return next((language for text in texts if (language := detect(text))), None)


def _script(words: list[str]) -> str:
    """The script of most letters, by the first word of their Unicode names."""
    counts = Counter(unicodedata.name(letter, "?").split()[0] for word in words for letter in word)
    found = counts.most_common(1)[0][0] if counts else "LATIN"
    return _LATIN if found in {"LATIN", "?", "FEMININE", "MASCULINE"} else found.capitalize()


def _vocabularies() -> dict[str, frozenset[str]]:
    spoken = {
        code: words.function_words | words.topics | words.requests | words.questions for code, words in LEXICONS.items()
    }
    return spoken | NEIGHBOURS


def _weights() -> dict[str, list[tuple[str, float]]]:
    """For each word the languages it speaks for; a word of several languages counts less for each."""
    owners: dict[str, list[str]] = defaultdict(list)
    for code, words in _vocabularies().items():
        for word in words:
            owners[word].append(code)
    return {word: [(code, 1.0 / len(codes)) for code in codes] for word, codes in owners.items()}


_WEIGHTS = _weights()


def _scores(words: list[str]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    for word, count in Counter(words).items():
        known = _WEIGHTS.get(word)
        for code, weight in known or _guess(word):
            scores[code] += weight * min(count, 3)
    return scores


def _guess(word: str) -> list[tuple[str, float]]:
    by_letter = [code for code, letters in _LETTERS.items() if any(letter in letters for letter in word)]
    by_ending = [code for code, endings in _ENDINGS.items() if len(word) > 5 and word.endswith(endings)]
    return [(code, _LETTER_WEIGHT / len(by_letter)) for code in by_letter] + [
        (code, _ENDING_WEIGHT / len(by_ending)) for code in by_ending
    ]
