"""What a web search found, as it enters a prompt: quoted, numbered, and marked as not to be obeyed."""

from __future__ import annotations

import re

from parley_common.contracts.events import Source
from parley_enhancer.domain.lexicon import FALLBACK, LEXICONS, Lexicon

_CITED = re.compile(r"\[(\d{1,2})\](?!\()")


def cited(text: str, sources: list[Source]) -> list[Source]:
    """The sources a text refers to as `[1]`, `[2]` …; they are numbered by their `id`."""
    numbers = {match[1] for match in _CITED.finditer(text)}
    return [source for source in sources if source.id in numbers]


def heading(lexicon: Lexicon | None) -> str:
    return (lexicon or LEXICONS[FALLBACK]).headings["web"]


def lines(sources: list[Source], lexicon: Lexicon | None) -> list[str]:
    """The warning, then one line for each source."""
    warning = (lexicon or LEXICONS[FALLBACK]).sentences["web"]
    return [warning, *(_line(source) for source in sources)]


def block(sources: list[Source], lexicon: Lexicon | None) -> str:
    """The whole section, to be put behind a prompt; empty without sources."""
    return "\n".join([f"## {heading(lexicon)}", *lines(sources, lexicon)]) if sources else ""


def _line(source: Source) -> str:
    said = f": “{_tame(source.snippet)}”" if source.snippet else ""
    return f"[{source.id}] {_tame(source.title)}{said}" + (f" ({source.url})" if source.url else "")


def _tame(text: str) -> str:
    """On one line and without marks that could end the quotation, open a code block or pass for a placeholder."""
    return re.sub(r"[`“”{}<>\[\]]", "'", " ".join(text.split()))
