"""Names: capitalised words inside a sentence, CamelCase, ALLCAPS, words with digits.

A capital at the start of a sentence says nothing, and in German neither does one inside it, unless two follow each
other or a title or preposition goes before. A name written in lower case is not recognised.
"""

from __future__ import annotations

import re

from parley_enhancer.domain.lexicon import LEXICONS, Lexicon

_TOKEN = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_CAPITAL = re.compile(r"[^\W\d_a-zß-öø-ÿ]")
_MARKED = re.compile(
    r"(?:[^\W\d_]*[a-zß-öø-ÿ][A-ZÀ-Þ][^\W_]*|[A-ZÀ-Þ]{2,}[^\W_]*|(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]+)"
)
_BREAK = re.compile(r"[.!?:;\n•>#*|-]\s*$|^\s*$|[\"“„«(]\s*$")
_NOT_NAMES = frozenset(
    [
        "i",
        "i'm",
        "i’m",
        "i'd",
        "i'll",
        "i've",
        "ok",
        "faq",
        "cv",
        "pdf",
        "tl",
        "dr",
        "json",
        "csv",
        "html",
        "sql",
        "api",
        "eli5",
    ]
)
_NOT_FIRST_WORD = frozenset(["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"])
_GERMAN_BEFORE = frozenset(["herr", "herrn", "frau", "dr", "prof", "firma", "in", "nach", "aus", "bei", "von", "an"])
_GERMAN_NOUN_END = ("ung", "heit", "keit", "schaft", "form", "en", "ern", "ion", "tät", "nis", "tum", "ismus")
_POSSESSIVE = re.compile(r"['’]s?$")


def names(text: str, lexicon: Lexicon | None) -> list[str]:
    """Every name in a text without literals, in order, each once; neighbouring capitalised words are one name."""
    found: list[str] = []
    run: list[re.Match[str]] = []
    for token in [*_TOKEN.finditer(text), None]:
        if token and run and _adjacent(text, run[-1], token) and _capitalised(token.group()):
            run.append(token)
            continue
        found += _named(text, run, lexicon)
        run = [token] if token and (_capitalised(token.group()) or _MARKED.fullmatch(token.group())) else []
    return list(dict.fromkeys(found))


def keeps_name(text: str, name: str) -> bool:
    """Whether every word of a name is still there; its case and its genitive may differ."""
    folded = text.casefold()
    return all(re.search(rf"(?<!\w){re.escape(word)}", folded) for word in name.casefold().split())


def _named(text: str, run: list[re.Match[str]], lexicon: Lexicon | None) -> list[str]:
    words = [token.group() for token in run]
    if words and _starts_sentence(text, run[0]) and not _MARKED.fullmatch(words[0]):
        known = _is_word(words[0], lexicon)
        run, words = (run[1:], words[1:]) if known or len(words) == 1 else (run, words)
    while words and (words[0].casefold() in _NOT_NAMES or _is_function_word(words[0], lexicon)):
        run, words = run[1:], words[1:]
    if not words or _only_a_noun(text, run, words, lexicon):
        return []
    return [" ".join(_POSSESSIVE.sub("", word) for word in words)]


def _only_a_noun(text: str, run: list[re.Match[str]], words: list[str], lexicon: Lexicon | None) -> bool:
    if len(words) == 1 and words[0].casefold() in _NOT_NAMES | _NOT_FIRST_WORD:
        return True
    if lexicon is None or lexicon.code != "de" or any(_MARKED.fullmatch(word) for word in words):
        return False
    if any(word.casefold() in lexicon.topics or word.casefold().endswith(_GERMAN_NOUN_END) for word in words):
        return True
    before = re.search(r"([^\W\d_]+)\.?\s*$", text[: run[0].start()])
    return len(words) == 1 and (before is None or before[1].casefold() not in _GERMAN_BEFORE)


def _capitalised(word: str) -> bool:
    return bool(_CAPITAL.match(word))


def _adjacent(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    return text[left.end() : right.start()] in {" ", "\u00a0"}


def _starts_sentence(text: str, token: re.Match[str]) -> bool:
    return bool(_BREAK.search(text[: token.start()][-4:])) or token.start() == 0


def _is_word(word: str, lexicon: Lexicon | None) -> bool:
    known = [lexicon] if lexicon else list(LEXICONS.values())
    folded = word.casefold()
    return any(folded in each.function_words | each.requests | each.topics | each.questions for each in known)


def _is_function_word(word: str, lexicon: Lexicon | None) -> bool:
    return lexicon is not None and word.casefold() in lexicon.function_words and not _MARKED.fullmatch(word)
