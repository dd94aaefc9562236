"""A writer that has a chat model do it; what comes back is validated, cut to size, and never obeyed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parley_common.contracts.enhance import Enhance
from parley_common.contracts.jobs import Mode
from parley_common.llm.model import Model
from parley_common.llm.prompting import Message, prompt
from parley_enhancer.adapters.instructions import FIND_GAPS, MARKER, REPAIR, REWRITE, PromptAnalysis
from parley_enhancer.adapters.trailer import Trailed
from parley_enhancer.domain import facts
from parley_enhancer.domain.language import detect, spoken
from parley_enhancer.domain.lexicon import LEXICONS, lexicon
from parley_enhancer.domain.prompthood import unwrapped
from parley_enhancer.domain.rationale import located
from parley_enhancer.ports import Draft, Flaws, Gaps, Question, Written

_QUESTION, _OPTIONS, _OPTION, _QUERIES = 200, 6, 100, 3


class ModelWriter:
    """A `Writer` over a chat model: one structured call, one streamed call, and a second streamed one to repair."""

    mode = Mode.MODEL

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def model(self) -> str:
        return self._model.name

    async def find_gaps(self, request: Enhance) -> Gaps:
        language = spoken(request.lazy_prompt, request.task)
        found = await self._model.structured(
            prompt(
                FIND_GAPS,
                task=request.task,
                prompt=request.lazy_prompt,
                language=_language(language),
                wants_web_search=request.use_web_search,
            ),
            PromptAnalysis,
        )
        missing = list(dict.fromkeys(found.missing))
        if not found.needs_rewrite:
            return Gaps(language=language, queries=_queries(found, request))
        return Gaps(
            language=language,
            missing=missing or ["goal"],
            question=_question(found, language),
            queries=_queries(found, request),
        )

    async def rewrite(self, draft: Draft, write: Callable[[str], None]) -> Written:
        return await self._written(prompt(REWRITE, **_fields(draft)), draft, write)

    async def repair(self, draft: Draft, written: Written, flaws: Flaws, write: Callable[[str], None]) -> Written:
        fields = _fields(draft) | {"failed_rewrite": written.text, **flaws.model_dump()}
        return await self._written(prompt(REPAIR, **fields), draft, write)

    async def _written(self, messages: Sequence[Message], draft: Draft, write: Callable[[str], None]) -> Written:
        trailed = Trailed(MARKER)
        async with self._model.stream(messages) as stream:
            async for delta in stream:
                if shown := trailed.feed(delta):
                    write(shown)
        write(trailed.rest())
        text = unwrapped(trailed.text, draft.prompt)
        return Written(text=text, rationale=located(trailed.reasons(), text), used=facts.cited(text, draft.sources))


def _fields(draft: Draft) -> dict[str, object]:
    return {
        "task": draft.task,
        "prompt": draft.prompt,
        "language": _language(draft.language),
        "missing": draft.missing,
        "question": draft.question,
        "answer": draft.answer,
        "web": [source.model_dump(include={"id", "title", "snippet"}) for source in draft.sources],
    }


def _language(code: str | None) -> str:
    return LEXICONS[code].name if code in LEXICONS else "the language of the prompt"


def _question(found: PromptAnalysis, language: str | None) -> Question | None:
    """The model's question if it is fit to be asked: short, in the author's language; else ours about the same."""
    text = " ".join((found.question or "").split())
    if not text:
        return None
    element = found.question_element or (found.missing[0] if found.missing else "goal")
    options = list(dict.fromkeys(each.strip()[:_OPTION] for each in found.options if each.strip()))[:_OPTIONS]
    asked_in = detect(text)
    foreign = language is not None and asked_in is not None and asked_in != language
    if len(text) <= _QUESTION and not foreign:
        return Question(element=element, text=text, options=options)
    words = lexicon(language)
    if words is None or element not in words.asks:
        return Question(element=element, text=text[:_QUESTION], options=options)
    return Question(element=element, text=words.asks[element].question, options=list(words.asks[element].options))


def _queries(found: PromptAnalysis, request: Enhance) -> list[str]:
    if not request.use_web_search:
        return []
    return [each for each in found.queries if each.strip()][:_QUERIES] or [request.lazy_prompt]
