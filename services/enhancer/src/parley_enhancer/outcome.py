"""What the author gets: the prompt, what changed and why, and an honest word about how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field

from parley_common.contracts.enhance import Enhance, Enhanced, Exchange, Rationale
from parley_common.contracts.events import Source
from parley_common.contracts.jobs import Mode, Usage
from parley_enhancer.domain import facts
from parley_enhancer.domain.diff import diff
from parley_enhancer.domain.elements import checklist
from parley_enhancer.domain.language import detect
from parley_enhancer.domain.lexicon import LEXICONS, lexicon
from parley_enhancer.domain.rationale import completed
from parley_enhancer.ports import Written

_WEB = "Found by the web search you asked for; cited, and marked as unverified."
_OFFLINE = (
    "No model is configured: your words were put in order as they are, not reworded, and only the usual elements of a "
    "prompt were looked for. A model would also see what is unclear in the content."
)
_OUTCOMES = {
    "declined": "You left the question open; the enhancement went on by its own judgement.",
    "defaulted": "The question was not answered in time; the enhancement went on by its own judgement.",
}


@dataclass(slots=True)
class Course:
    """What happened on the way to the result."""

    request: Enhance
    language: str | None
    mode: Mode
    question: Exchange | None = None
    sources: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def unchanged(course: Course, *, usage: Usage, model: str | None) -> Enhanced:
    """The author's prompt, verbatim; what the web search found, if it was asked for, stands below it."""
    return _result(course, Written(text=course.request.lazy_prompt, used=course.sources), [], usage=usage, model=model)


def enhanced(course: Course, written: Written, lost: list[str], *, usage: Usage, model: str | None) -> Enhanced:
    """The rewritten prompt and how it differs; `lost` is what could not be kept."""
    if course.sources and not written.used:
        course.notes.append("The web search found something, but none of it was of use here.")
    if lost:
        course.notes.append("Some of your own words did not survive the rewrite; they are listed, please check.")
    return _result(course, written, lost, usage=usage, model=model)


def _result(course: Course, written: Written, lost: list[str], *, usage: Usage, model: str | None) -> Enhanced:
    prompt = course.request.lazy_prompt
    words = lexicon(course.language)
    block = facts.block(written.used, words)
    text = f"{written.text}\n\n{block}" if block else written.text
    changes = diff(prompt, text) if text != prompt else []
    web = [Rationale(element="context", start=len(text) - len(block), end=len(text), reason=_WEB)] if block else []
    return Enhanced(
        result=text,
        changed=text != prompt,
        summary=_summary(prompt, written.text, added=len(written.used)),
        rationale=completed([*written.rationale, *web], changes, text, words),
        diff=changes,
        checklist=checklist(prompt, text, words),
        question=course.question,
        sources=course.sources,
        lost=lost,
        notes=[*course.notes, *_remarks(course)],
        mode=course.mode,
        model=model,
        usage=usage,
    )


def _summary(before: str, after: str, *, added: int) -> str:
    facts_added = f"{added} {'source' if added == 1 else 'sources'} from the web added" if added else ""
    if before == after:
        return f"No change needed; {facts_added}." if added else "No change needed."
    words = lexicon(detect(before))
    gained = [check.element for check in checklist(before, after, words) if check.after and not check.before]
    said = f"Added: {', '.join(gained)}" if gained else "Reworded and put in order"
    return f"{said}; {facts_added}." if added else f"{said}."


def _remarks(course: Course) -> list[str]:
    remarks = []
    if course.question and course.question.answer is None:
        remarks.append(_OUTCOMES.get(course.question.outcome, _OUTCOMES["declined"]))
    if course.mode is Mode.OFFLINE:
        remarks.append(_OFFLINE)
        if course.language not in LEXICONS:
            remarks.append(
                "The language of your prompt is not one the offline mode speaks, so it added no words to it."
            )
    return remarks
