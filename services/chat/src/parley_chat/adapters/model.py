"""An analyst that has a chat model write; what it cites is checked, and what it was not given it cannot cite."""

from __future__ import annotations

from collections.abc import Callable, Collection

from parley_chat.adapters.instructions import (
    ANSWER,
    CITE,
    REWRITE,
    SUMMARISE,
    ConversationSummary,
    Review,
    StandaloneQuestion,
    Support,
)
from parley_chat.domain.citations import Markers, cited_in
from parley_chat.domain.extraction import NOT_FOUND
from parley_chat.domain.passages import Numbered, Turn
from parley_chat.domain.revision import Verdict, revised
from parley_chat.domain.sources import bare, sources
from parley_chat.domain.summary import held
from parley_chat.domain.window import Window
from parley_chat.ports import Asked, Said
from parley_common.contracts.jobs import Mode
from parley_common.llm.model import Model
from parley_common.llm.prompting import prompt

# The estimate counts about three tokens for an English word and the sign or space by it.
TOKENS_A_WORD = 3


class ModelAnalyst:
    """An `Analyst` over a chat model: one call for a follow-up, one streamed call for the answer.

    One more goes to sentences that name no source, and one to turns that grow too old to be shown.
    """

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

    async def cite(self, asked: Asked, said: Said) -> Said:
        """Nothing is reworded: numbers of passages come behind sentences, or sentences go."""
        listed = [{"sentence": at, "text": span.of(said.text)} for at, span in enumerate(said.bare, start=1)]
        fields = _fields(asked) | {"answer": said.text, "sentences": listed}
        review = await self._model.structured(prompt(CITE, **fields), Review)
        known = {each.n for each in asked.passages}
        now = revised(said.text, said.bare, {each.sentence - 1: _verdict(each, known) for each in review.sentences})
        cited = list(dict.fromkeys(cited_in(now.text)))
        return said.model_copy(
            update={
                "text": now.text or NOT_FOUND,
                "found": bool(cited) or (said.found and bool(now.text)),
                "sources": sources(now.text, cited, asked.passages),
                "bare": [],
                "uncited": now.uncited,
                "left_out": now.left_out,
                "revised": now.text != said.text,
            }
        )

    async def summarise(self, before: str, turns: list[Turn], tokens: int) -> str:
        said = [{"question": turn.question, "answer": turn.answer, "stopped": turn.stopped} for turn in turns]
        words = max(20, tokens // TOKENS_A_WORD)
        fields: dict[str, object] = {"summary": before, "turns": said, "words": words}
        return held((await self._model.structured(prompt(SUMMARISE, **fields), ConversationSummary)).summary, tokens)


def _said(markers: Markers, asked: Asked) -> Said:
    text = markers.text.strip()
    before = len(markers.text) - len(markers.text.lstrip())
    unsaid = bare(text, [at - before for at in markers.nothings])
    return Said(
        text=text or NOT_FOUND,
        found=bool(text) and (bool(markers.cited) or not markers.nothing),
        sources=sources(text, markers.cited, asked.passages),
        dropped=markers.dropped,
        bare=unsaid,
        uncited=len(unsaid),
    )


def _verdict(support: Support, known: Collection[int]) -> Verdict:
    """A sentence with known numbers is cited whatever it is said to be; unknown ones support nothing."""
    numbers = tuple(dict.fromkeys(each for each in support.passages if each in known))
    return Verdict(numbers, stands=support.basis in ("conversation", "no_claim"))


def _fields(asked: Asked) -> dict[str, object]:
    return {
        "question": asked.question,
        "standalone_question": asked.rewritten,
        **_seen(asked.window),
        "passages": [_passage(each) for each in asked.passages],
    }


def _seen(window: Window) -> dict[str, object]:
    return {"summary": window.summary, "earlier": window.earlier, "conversation": window.messages}


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
