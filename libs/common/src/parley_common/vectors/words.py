"""The words of a text as they are compared: lower case, without endings, whatever the script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import Stemmer

# Written without spaces between words: kana, Han, Hangul, Thai, Lao, Myanmar, Khmer. Two neighbours count as a word.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003134f"
)
# Marks that belong to the letter before them although they are no letters: vowel signs and points.
_MARKS = "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"\d+(?:[.,]\d+)+|[{_SPACELESS}]+|(?:[^\W_{_SPACELESS}][{_MARKS}]*)+")
_PAIRED = re.compile(rf"[{_SPACELESS}]")
_SEPARATORS = re.compile(r"[.,]")
_ACCENTS = re.compile("[\u0300-\u036f]")

# Words that say nothing about what an English text is about; the list of Snowball with its contractions split.
_ENGLISH = """
    a about above after again against all am an and any are aren as at be because been before being below between both
    but by can cannot could couldn d did didn do does doesn doing don down during each few for from further had hadn has
    hasn have haven having he her here hers herself him himself his how i if in into is isn it its itself let ll m me
    more most mustn my myself no nor not of off on once only or other ought our ours ourselves out over own re s same
    shan she should shouldn so some such t than that the their theirs them themselves then there these they this those
    through to too under until up ve very was wasn we were weren what when where which while who whom why with won would
    wouldn you your yours yourself yourselves
"""


class Words:
    """Cuts texts into words and the words to their stems, for one of Snowball's languages.

    Text in another language is cut all the same; its words merely keep their endings, or lose some by mistake, in the
    question as in the passage.
    """

    def __init__(self, language: str) -> None:
        self._stemmer = Stemmer.Stemmer(language)
        self._dropped = frozenset(_ENGLISH.split()) if language == "english" else frozenset()

    def of(self, text: str) -> list[str]:
        """Every word that counts, in order, repeated as often as it occurs; 1,234.5 is one word."""
        words = _cut(_plain(text))
        stems: list[str] = self._stemmer.stemWords([word for word in words if word not in self._dropped])
        return stems


def _plain(text: str) -> str:
    """Without what a reader of the same word may leave out: capitals, accents, ligatures, full width."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


def _cut(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if _PAIRED.match(word) and len(word) > 1:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield _SEPARATORS.sub("", word)
