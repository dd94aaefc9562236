"""Which of the elements of a good prompt a text has, and which of them a prompt of its kind needs."""

from __future__ import annotations

import re
from functools import lru_cache

from parley_common.contracts.enhance import Check, Element
from parley_enhancer.domain.lexicon import ELEMENTS, FALLBACK, LEXICONS, Lexicon
from parley_enhancer.domain.literals import literals, masked

# In the order of their worth: the first that is missing is what the author is asked for.
_NEEDS: dict[str, tuple[Element, ...]] = {
    "write": ("goal", "audience", "tone", "format"),
    "code": ("goal", "constraints", "format"),
    "explain": ("goal", "audience", "format"),
    "summarise": ("goal", "format", "audience"),
    "translate": ("goal", "tone"),
    "plan": ("goal", "constraints", "format"),
    "ideas": ("goal", "constraints", "format"),
    "analyse": ("goal", "audience", "format"),
    "fact": ("goal",),
    "other": ("goal", "audience", "format"),
}
_ON_MATERIAL = frozenset({"summarise", "translate", "analyse"})
_ASK_FORMAT = frozenset({"summarise", "other"})
_FACT_WORDS = 14
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TECHNOLOGY = re.compile(
    r"(?<!\w)(?:python|java|javascript|typescript|c\+\+|c#|go(?:lang)?|rust|ruby|php|swift|kotlin|sql|postgres\w*|mysql|sqlite"
    r"|bash|shell|powershell|html|css|react|vue|angular|node(?:\.js)?|django|flask|fastapi|spring|excel|vba|regex|pandas|numpy"
    r"|docker\w*|terraform|kubernetes|matlab|scala|perl|haskell|dart|flutter|google sheets|yaml)(?!\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def kind(text: str, lexicon: Lexicon | None) -> str:
    """What sort of work a prompt asks for: the first of these words in it decides."""
    words = lexicon or LEXICONS[FALLBACK]
    plain = masked(text)
    if (
        words.kinds["fact"].match(plain.strip())
        and plain.rstrip().endswith("?")
        and len(_WORD.findall(plain)) <= _FACT_WORDS
    ):
        return "fact"
    found = {
        name: match.start()
        for name, pattern in words.kinds.items()
        if name in _NEEDS and name != "fact" and (match := pattern.search(plain))
    }
    if not found and any(literal.kind == "code" and "\n" in literal.text for literal in literals(text)):
        return "code"
    if not found and words.kinds["compose"].search(plain):
        return "write"
    return min(found, key=lambda name: (found[name], name)) if found else "other"


def needs(work: str) -> tuple[Element, ...]:
    """The elements without which a prompt for this kind of work is worth enhancing, most valuable first."""
    return _NEEDS[work]


def worth_asking(work: str, stated: frozenset[Element]) -> Element | None:
    """The one element to ask for: the most valuable that is missing and that no sensible default can stand in for."""
    return next(
        (element for element in _NEEDS[work] if element not in stated and (element != "format" or work in _ASK_FORMAT)),
        None,
    )


@lru_cache(maxsize=64)
def present(text: str, lexicon: Lexicon | None) -> frozenset[Element]:
    """The elements a prompt states, wherever and however: in a section of its own or in passing."""
    words = lexicon or LEXICONS[FALLBACK]
    plain = _without_notes(masked(text), words)
    found = {element for element, pattern in words.cues.items() if pattern.search(plain)}
    found |= {element for element in ELEMENTS if _heading(element, words).search(plain)}
    if kind(text, lexicon) == "code" and _TECHNOLOGY.search(plain):
        found.add("constraints")
    if _has_goal(text, plain, lexicon):
        found.add("goal")
    return frozenset(found)


def checklist(before: str, after: str, lexicon: Lexicon | None) -> list[Check]:
    """Every element, looked for in both texts with the same eyes."""
    was, now = present(before, lexicon), present(after, lexicon)
    return [Check(element=element, before=element in was, after=element in now) for element in ELEMENTS]


def topic(text: str, lexicon: Lexicon) -> list[str]:
    """The words that say what a prompt is about."""
    return _content(masked(text), lexicon)


def headings_in(text: str, lexicon: Lexicon) -> frozenset[Element]:
    """The elements a prompt has a heading or label for."""
    return frozenset(element for element in ELEMENTS if _heading(element, lexicon).search(text))


def is_request(text: str, lexicon: Lexicon) -> bool:
    """Whether a sentence asks for something."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return bool(
        words and (any(word in lexicon.requests for word in words[:6]) or words[0] in lexicon.questions)
    ) or text.rstrip().endswith("?")


def _heading(element: str, lexicon: Lexicon) -> re.Pattern[str]:
    title = re.escape(lexicon.headings[element])
    return re.compile(rf"^(?:#+ *\W{{0,2}}{title}[^\w\n]*$|[*_ \t-]*{title}[*_]*[ \t]*:)", re.IGNORECASE | re.MULTILINE)


def _without_notes(text: str, lexicon: Lexicon) -> str:
    """A note that something is not stated does not state it, and what the web says is not the author's wish."""
    for title in (lexicon.headings["open"], lexicon.headings["web"]):
        text = re.sub(rf"^#+ *{re.escape(title)}\n(?:(?!#+ ).*\n?)*", "", text, flags=re.MULTILINE)
    return text


def _has_goal(text: str, plain: str, lexicon: Lexicon | None) -> bool:
    words = [word.casefold() for word in _WORD.findall(plain)]
    if lexicon is None:
        return len(words) > 2
    work = kind(text, lexicon)
    if work in _ON_MATERIAL or work == "fact":
        return True
    if work == "code" and any(literal.kind == "code" for literal in literals(text)):
        return True
    return bool(_content(plain, lexicon))


def _content(plain: str, lexicon: Lexicon) -> list[str]:
    """The words that say what a text is about, rather than what sort of text it is, for whom, or how."""
    empty_kinds = {"write", "summarise", kind(plain, lexicon)} & {"write", "summarise", "code"}
    for pattern in (lexicon.cues["audience"], lexicon.cues["tone"], lexicon.cues["format"]):
        plain = pattern.sub(" ", plain)
    for name in empty_kinds:
        plain = lexicon.kinds[name].sub(" ", plain)
    plain = _TECHNOLOGY.sub(" ", plain)
    empty = lexicon.function_words | lexicon.requests | lexicon.questions | lexicon.fillers
    return [word for word in _WORD.findall(plain) if len(word) > 2 and word.casefold() not in empty]
