"""An analyst without a model: it quotes, and says when there is nothing to quote."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from parley_chat.domain.extraction import NOT_FOUND, QUOTED, Candidate, chosen, is_found, judged, quotable, shortlist
from parley_chat.domain.followups import carried_over
from parley_chat.domain.passages import Turn
from parley_chat.domain.sources import source
from parley_chat.domain.summary import extract
from parley_chat.domain.terms import terms, weigh
from parley_chat.domain.window import Window
from parley_chat.ports import Asked, Said
from parley_common.contracts.jobs import Mode

Embed = Callable[[list[str]], Awaitable[list[list[float]]]]
_CHUNK = re.compile(r"\s*\S+\s*")


class OfflineAnalyst:
    """An `Analyst` by words and vectors; the same question about the same passages always gives the same answer."""

    mode = Mode.OFFLINE
    model = None

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    async def rewrite(self, question: str, window: Window) -> str | None:
        return carried_over(question, window.messages)

    async def answer(self, asked: Asked, write: Callable[[str], None]) -> Said:
        weighed = weigh(terms(asked.rewritten or asked.question), [*asked.found, *_stated(asked)])
        listed = shortlist(asked.passages, weighed)
        vectors = await self._embed([each.text for each in listed])
        ranked = judged(listed, [_closest(asked.vectors, vector) for vector in vectors])
        said = _quoted(chosen(ranked)) if is_found(ranked, weighed.absent) else Said(text=NOT_FOUND, found=False)
        for chunk in _CHUNK.findall(said.text):
            write(chunk)
        return said

    async def cite(self, asked: Asked, said: Said) -> Said:
        """Every quotation has its source already."""
        return said

    async def summarise(self, before: str, turns: list[Turn], tokens: int) -> str:
        return extract(before, turns, tokens)


def _stated(asked: Asked) -> list[str]:
    """What the user stated in earlier turns."""
    turns = [each.passage for each in asked.passages if each.passage.kind == "chat_history"]
    return [" ".join(span.of(turn.text) for span in spans) for turn in turns if (spans := quotable(turn))]


def _quoted(quotes: Sequence[Candidate]) -> Said:
    lines = [f"“{each.text}” [{each.numbered.n}]" for each in quotes]
    sources = [source(each.numbered, each.span) for each in quotes]
    return Said(text="\n\n".join([QUOTED, *lines]), found=True, sources=sources)


def _closest(questions: Sequence[Sequence[float]], vector: Sequence[float]) -> float:
    """The cosine to the nearest of the questions; all vectors have length 1."""
    return max((sum(a * b for a, b in zip(one, vector, strict=True)) for one in questions), default=0.0)
