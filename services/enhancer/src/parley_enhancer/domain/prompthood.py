"""Whether what a model returned is a prompt at all, rather than its answer; and the prompt without its wrapping."""

from __future__ import annotations

import re

from parley_enhancer.domain.elements import headings_in, is_request
from parley_enhancer.domain.language import detect
from parley_enhancer.domain.lexicon import Lexicon, lexicon
from parley_enhancer.domain.literals import literals, masked

_FENCED = re.compile(r"\A\s*```[\w-]*[ \t]*\n(.*)\n```\s*\Z", re.DOTALL)
_LEAD = re.compile(
    r"\A(?:(?:sure|certainly|of course|absolutely|here"
    r"|gerne|natürlich|hier|voici|bien sûr|claro|aquí|aqui|ecco|certo|okay|ok)"
    r"\b[^\n]{0,120}[:!.]\s*\n+|[*#\s]*(?:improved|enhanced|rewritten|verbesserter|amélioré|mejorado|migliorato|melhorado)?"
    r"[ -]*prompt[ \w]{0,20}[*]*:[*]*\s+)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_LABEL = re.compile(r"\A[\s#>*_-]*(?:\d+[.)]\s*)?[^\W\d_]{1,30}(?: [^\W\d_]{1,30}){0,2}:\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WISHES = frozenset(
    [
        "want",
        "need",
        "come",
        "turn",
        "brauche",
        "möchte",
        "will",
        "veux",
        "voudrais",
        "besoin",
        "quiero",
        "necesito",
        "voglio",
        "vorrei",
        "quero",
        "preciso",
        "name",
    ]
)
_LOOKS_BACK = 3
_KEPT_SHARE, _KEPT_MOSTLY = 0.3, 0.6


def unwrapped(text: str, original: str) -> str:
    """Takes off a code fence, a lead-in or quotation marks around the whole, unless the original has them too."""
    text = text.strip()
    if (match := _FENCED.match(text)) and not original.strip().startswith("```"):
        text = match[1].strip()
    if not _LEAD.match(original):
        text = _LEAD.sub("", text, count=1).strip()
    if (match := _FENCED.match(text)) and not original.strip().startswith("```"):
        text = match[1].strip()
    if len(text) > 1 and text[0] + text[-1] in {'""', "“”"} and original[:1] != text[0] and '"' not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def is_prompt(text: str, original: str) -> bool:
    """Whether the text asks for something, as the original does, instead of giving it; also in another language."""
    if not text.strip():
        return False
    spoken = [words for of in (original, text) if (words := lexicon(detect(of)))]
    if not spoken:
        return _shared(text, original) >= _KEPT_SHARE
    if any(words.answer.match(text) and not words.answer.match(original) for words in spoken):
        return False
    return any(_reads_as_prompt(text, original, words) for words in spoken)


def _reads_as_prompt(text: str, original: str, words: Lexicon) -> bool:
    if headings_in(text, words) or words.cues["role"].search(text):
        return True
    sentences = _SENTENCE.findall(masked(text))
    if _gives_code(text, original):
        sentences = sentences[:1]
    if any(_asks(sentence, words) for sentence in sentences):
        return True
    # "cover letter for a nurse" asks for nothing either, and is a prompt all the same.
    asked = any(_asks(sentence, words) for sentence in _SENTENCE.findall(masked(original)))
    return not asked and _shared(text, original) >= _KEPT_MOSTLY


def _asks(sentence: str, words: Lexicon) -> bool:
    return _starts_asking(sentence, words) or _starts_asking(_LABEL.sub("", sentence), words)


def _starts_asking(sentence: str, words: Lexicon) -> bool:
    if words.directive.match(sentence):
        return True
    if sentence.rstrip().endswith("?"):
        return is_request(sentence, words)
    opening = [word.casefold() for word in _WORD.findall(sentence)][:_LOOKS_BACK]
    if opening and opening[0] in words.function_words - words.requests - _POLITE:
        return False
    return any(word in words.requests - _WISHES for word in opening)


def _gives_code(text: str, original: str) -> bool:
    def blocks(of: str) -> set[str]:
        return {each.text for each in literals(of) if each.kind == "code" and "\n" in each.text}

    return bool(blocks(text) - blocks(original))


def _shared(text: str, original: str) -> float:
    """The share of the original's longer words that the text still has."""
    wanted = {word.casefold() for word in _WORD.findall(original) if len(word) > 3}
    there = {word.casefold() for word in _WORD.findall(text)}
    return len(wanted & there) / len(wanted) if wanted else 1.0


_POLITE = frozenset(
    [
        "please",
        "bitte",
        "merci",
        "favor",
        "could",
        "can",
        "you",
        "kannst",
        "können",
        "peux",
        "pouvez",
        "puedes",
        "puoi",
        "pode",
        "in",
        "using",
        "based",
        "as",
    ]
)
