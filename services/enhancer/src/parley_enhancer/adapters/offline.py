"""A writer that needs no model: it knows the elements of a prompt, and moves words without changing them."""

from __future__ import annotations

import re
from collections.abc import Callable

from parley_common.contracts.enhance import Enhance
from parley_common.contracts.jobs import Mode
from parley_enhancer.domain.elements import kind, needs, present, topic, worth_asking
from parley_enhancer.domain.language import spoken
from parley_enhancer.domain.lexicon import Lexicon, lexicon
from parley_enhancer.domain.structure import restructure
from parley_enhancer.ports import Draft, Flaws, Gaps, Question, Written

_CHUNK = re.compile(r"\s*\S+\s*")
_QUERY_WORDS = 12


class OfflineWriter:
    """A `Writer` by rules; the same prompt always gives the same result."""

    mode = Mode.OFFLINE
    model: str | None = None

    async def find_gaps(self, request: Enhance) -> Gaps:
        language = spoken(request.lazy_prompt, request.task)
        words = lexicon(language)
        queries = [_query(request, words)] if request.use_web_search else []
        if words is None:
            return Gaps(language=language, queries=queries)
        whole = f"{request.task}\n{request.lazy_prompt}"
        work = kind(whole, words)
        stated = present(request.lazy_prompt, words)
        return Gaps(
            language=language,
            missing=[element for element in needs(work) if element not in stated],
            question=_question(work, whole, words),
            queries=queries,
        )

    async def rewrite(self, draft: Draft, write: Callable[[str], None]) -> Written:
        document = restructure(
            draft.prompt, lexicon(draft.language), task=draft.task, element=draft.element, answer=draft.answer
        )
        for chunk in _CHUNK.findall(document.text):
            write(chunk)
        return Written(text=document.text, rationale=document.rationale, used=draft.sources)

    async def repair(self, draft: Draft, written: Written, flaws: Flaws, write: Callable[[str], None]) -> Written:
        """Puts the author's prompt, word for word, in front: then nothing of it can be missing."""
        write(text := f"{draft.prompt}\n\n{written.text}")
        return Written(text=text, used=written.used)


def _question(work: str, whole: str, words: Lexicon) -> Question | None:
    element = worth_asking(work, present(whole, words))
    if element is None:
        return None
    ask = words.asks["code" if (work, element) == ("code", "constraints") else element]
    return Question(element=element, text=ask.question, options=list(ask.options))


def _query(request: Enhance, words: Lexicon | None) -> str:
    """The words that say what it is about; all of them where they cannot be told from the rest."""
    found = topic(f"{request.task}\n{request.lazy_prompt}", words) if words else []
    return " ".join(list(dict.fromkeys(found))[:_QUERY_WORDS]) or request.lazy_prompt
