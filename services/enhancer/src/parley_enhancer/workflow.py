"""One enhancement from the lazy prompt to the good one."""

from __future__ import annotations

from functools import partial

from parley_common.contracts.enhance import Enhance, Enhanced, Exchange
from parley_common.contracts.events import Source
from parley_common.contracts.model import Contract
from parley_common.errors import ParleyError, PermanentError
from parley_common.runtime.job import Job
from parley_common.runtime.steps import Retry
from parley_enhancer.domain.language import detect
from parley_enhancer.domain.prompthood import is_prompt
from parley_enhancer.domain.survival import lost
from parley_enhancer.outcome import Course, enhanced, unchanged
from parley_enhancer.ports import Draft, Flaws, Gaps, Question, Search, Writer, Written

_SEARCH_RETRY = Retry(attempts=2)


async def enhance(job: Job, request: Enhance, *, writer: Writer, search: Search | None) -> Enhanced:
    """Rewrite one lazy prompt, asking its author at most once for what only they can know."""
    await job.progress(0.05, "Looking for what is missing")
    gaps = await job.step("find gaps", writer.find_gaps, request)
    course = Course(request=request, language=gaps.language or detect(request.lazy_prompt), mode=writer.mode)
    course.question = await _ask(job, gaps.question) if gaps.question else None
    course.sources = await _look_up(job, gaps, search, course) if request.use_web_search else []
    if not gaps.missing:
        return unchanged(course, usage=job.usage, model=writer.model)
    draft = _draft(request, gaps, course)
    await job.progress(0.5, "Rewriting the prompt")
    written = await job.step("rewrite", partial(_rewrite, job, writer), draft)
    if flaws := _flaws(draft, written):
        await job.progress(0.8, "Putting back what was lost")
        written = await _repaired(job, writer, draft, written=written, flaws=flaws)
    await job.progress(0.95, "Comparing with your prompt")
    return enhanced(course, written, _lost(draft, written.text), usage=job.usage, model=writer.model)


async def _ask(job: Job, question: Question) -> Exchange:
    await job.progress(0.2, "Asking you one question")
    answer = await job.ask("author", question.text, options=question.options or None, default=None)
    said = answer.value.strip() if isinstance(answer.value, str) else ""
    return Exchange(
        question_id=answer.question_id,
        question=question.text,
        element=question.element,
        answer=said or None,
        outcome=answer.outcome,
    )


async def _look_up(job: Job, gaps: Gaps, search: Search | None, course: Course) -> list[Source]:
    if search is None:
        course.notes.append("The web was not searched: no search engine is configured.")
        return []
    await job.progress(0.35, "Searching the web")
    try:
        sources = await job.step("search", search.find, gaps.queries, retry=_SEARCH_RETRY, events=_as_events)
    except ParleyError as error:
        if not error.code.startswith("search_"):
            raise
        course.notes.append(f"The web search failed, so nothing from the web was used: {error.detail}")
        return []
    if not sources:
        course.notes.append("The web search found nothing.")
    return sources


def _as_events(sources: list[Source]) -> list[Contract]:
    return list(sources)


def _draft(request: Enhance, gaps: Gaps, course: Course) -> Draft:
    asked = course.question
    answered = gaps.question if asked and asked.answer else None
    return Draft(
        task=request.task,
        prompt=request.lazy_prompt,
        language=course.language,
        missing=[each for each in gaps.missing if not answered or each != answered.element],
        element=answered.element if answered else None,
        question=answered.text if answered else None,
        answer=asked.answer if asked else None,
        sources=course.sources,
    )


async def _rewrite(job: Job, writer: Writer, draft: Draft) -> Written:
    async with job.stream() as text:
        return await writer.rewrite(draft, text.write)


async def _repair(job: Job, writer: Writer, draft: Draft, written: Written, flaws: Flaws) -> Written:
    async with job.stream() as text:
        return await writer.repair(draft, written, flaws, text.write)


async def _repaired(job: Job, writer: Writer, draft: Draft, *, written: Written, flaws: Flaws) -> Written:
    """The better one of the two versions; a prompt that was answered twice fails the job."""
    repaired = await job.step("repair", partial(_repair, job, writer), draft, written, flaws)
    still = _flaws(draft, repaired)
    if still is None:
        return repaired
    if not still.answers and (flaws.answers or len(still.lost) <= len(flaws.lost)):
        return repaired
    if flaws.answers:
        raise PermanentError(
            "The model answered the prompt instead of rewriting it, also when it was told so.",
            code="model_answered",
            status=502,
        )
    return written


def _flaws(draft: Draft, written: Written) -> Flaws | None:
    answers = not is_prompt(written.text, draft.prompt)
    missing = [] if answers else _lost(draft, written.text)
    return Flaws(lost=missing, answers=answers) if answers or missing else None


def _lost(draft: Draft, text: str) -> list[str]:
    """What the text lost of the author's words, those of the answer included."""
    return list(dict.fromkeys([*lost(draft.prompt, text), *(lost(draft.answer, text) if draft.answer else [])]))
