"""What is known about prompts in each language: one TOML file per language beside this module, loaded once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

from parley_common.contracts.enhance import Element

ELEMENTS: tuple[Element, ...] = get_args(Element)
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the author and the quick choices offered with it."""

    question: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """One language. Patterns match whole words and ignore case; `scaffold` holds sentences by key, then by kind."""

    code: str
    name: str
    function_words: frozenset[str]
    topics: frozenset[str]
    requests: frozenset[str]
    questions: frozenset[str]
    fillers: frozenset[str]
    numbers: dict[str, int]
    negation: re.Pattern[str]
    softer: re.Pattern[str]
    idioms: re.Pattern[str]
    directive: re.Pattern[str]
    subordinate: re.Pattern[str]
    answer: re.Pattern[str]
    cues: dict[Element, re.Pattern[str]]
    kinds: dict[str, re.Pattern[str]]
    headings: dict[str, str]
    names: dict[str, str]
    asks: dict[str, Ask]
    sentences: dict[str, str]
    roles: dict[str, str]
    formats: dict[str, str]


def _whole(parts: list[str], *, at_start: bool = False) -> re.Pattern[str]:
    start = r"\A\W{0,3}" if at_start else r"(?<!\w)"
    return re.compile(rf"{start}(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _cues(raw: dict[str, list[str]]) -> dict[Element, re.Pattern[str]]:
    people = "|".join(raw["people"])
    filled = {name: [part.replace("@people", people) for part in parts] for name, parts in raw.items()}
    return {element: _whole(filled[element]) for element in ELEMENTS if element in filled}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lexicon(code: str, raw: dict[str, Any]) -> Lexicon:
    scaffold = raw["scaffold"]
    return Lexicon(
        code=code,
        name=raw["name"],
        function_words=_words(raw["common"]),
        topics=_words(raw["topics"]),
        requests=_words(raw["requests"]),
        questions=_words(raw["questions"]),
        fillers=_words(raw["fillers"]),
        numbers={word: value for value, word in enumerate(raw["numbers"].split(), start=2)},
        negation=_whole(raw["negations"]),
        softer=_whole(raw["negations"] + raw["softer"]),
        idioms=_whole(raw["idioms"]),
        directive=_whole(raw["clauses"], at_start=True),
        subordinate=_whole(raw["subordinators"], at_start=True),
        answer=_whole(raw["answers"], at_start=True),
        cues=_cues(raw["cues"]),
        kinds={kind: _whole(parts) for kind, parts in raw["kinds"].items()},
        headings=raw["headings"],
        names=raw["names"],
        asks={key: Ask(ask["question"], tuple(ask.get("options", ()))) for key, ask in raw["ask"].items()},
        sentences={key: value for key, value in scaffold.items() if isinstance(value, str)},
        roles=scaffold["role"],
        formats=scaffold["format"],
    )


def _load() -> tuple[dict[str, Lexicon], dict[str, frozenset[str]]]:
    loaded: dict[str, Lexicon] = {}
    neighbours: dict[str, frozenset[str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml"):
            continue
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        if file.name == "neighbours.toml":
            neighbours = {code: _words(words) for code, words in raw.items()}
        else:
            code = file.name.removesuffix(".toml")
            loaded[code] = _lexicon(code, raw)
    return loaded, neighbours


LEXICONS, NEIGHBOURS = _load()


def lexicon(language: str | None) -> Lexicon | None:
    """What is known about a language; `None` where nothing is."""
    return LEXICONS.get(language or "")
