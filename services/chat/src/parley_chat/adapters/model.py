"""An analyst that has a chat model write; what it cites is checked, and what it was not given it cannot cite."""

from __future__ import annotations

from collections.abc import Callable

from parley_chat.adapters.instructions import ANSWER, REWRITE, StandaloneQuestion
from parley_chat.domain.citations import Markers
from parley_chat.domain.extraction import NOT_FOUND
from parley_chat.domain.passages import Numbered
from parley_chat.domain.sources import sources, uncited
from parley_chat.domain.window import Window
from parley_chat.ports import Asked, Said
from parley_common.contracts.jobs import Mode
from parley_common.llm.model import Model
from parley_common.llm.prompting import prompt


class ModelAnalyst:
    """An `Analyst` over a chat model: one call for a follow-up, one streamed call for the answer."""

    mode = Mode.MODEL

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def model(self) -> str:
        return self._model.name

    async def rewrite(self, question: str, window: Window) -> str | None:
        said = await self._model.structured(prompt(REWRITE, question=question, **_seen(window)), StandaloneQuestion)
        rewritten = " ".join(said.question.split())
        return rewritten if rewritten and rewritten.casefold() != question.casefold() else None

    async def answer(self, asked: Asked, write: Callable[[str], None]) -> Said:
        """Without a passage and a conversation there is nothing to answer from, and the model is not asked."""
        if not asked.passages and asked.window.empty:
            write(NOT_FOUND)
            return Said(text=NOT_FOUND, found=False)
        markers = Markers([each.n for each in asked.passages])
        async with self._model.stream(prompt(ANSWER, **_fields(asked))) as stream:
            async for delta in stream:
                if shown := markers.feed(delta):
                    write(shown)
        write(markers.rest())
        return _said(markers, asked)


def _said(markers: Markers, asked: Asked) -> Said:
    found = bool(markers.cited) or not markers.nothing
    return Said(
        text=markers.text.strip() or NOT_FOUND,
        found=found and bool(markers.text.strip()),
        sources=sources(markers.text, markers.cited, asked.passages),
        dropped=markers.dropped,
        uncited=uncited(markers.text) if found else 0,
    )


def _fields(asked: Asked) -> dict[str, object]:
    return {
        "question": asked.question,
        "standalone_question": asked.rewritten,
        **_seen(asked.window),
        "passages": [_passage(each) for each in asked.passages],
    }


def _seen(window: Window) -> dict[str, object]:
    return {"conversation": window.messages, "earlier": window.earlier}


def _passage(numbered: Numbered) -> dict[str, object]:
    passage = numbered.passage
    known: dict[str, object] = {
        "n": numbered.n,
        "kind": passage.kind,
        "document": passage.title,
        "section": passage.heading,
        "page": passage.page,
    }
    return {name: value for name, value in known.items() if value not in (None, "")} | {"text": passage.text}
