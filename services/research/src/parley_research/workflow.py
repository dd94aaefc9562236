"""One question about one table, from the plan to an answer whose every number names its query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter

from parley_common.contracts.events import Artifact
from parley_common.contracts.jobs import JsonObject
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Detail, Research, Researched, SubQuestion
from parley_common.errors import PermanentError
from parley_common.runtime.job import Job
from parley_research.domain.inquiry import Asked, Findings, Query
from parley_research.domain.report import Checked, checked, report
from parley_research.ports import Analyst, Cache, Tables

# How far a job is when a stage begins, and what the stage is called: clients show both.
DECOMPOSING = 0.10, "Stage 1/7: Decomposing question"
CLASSIFYING = 0.20, "Stage 2/7: Classifying queries"
EXECUTING = 0.35, "Stage 3/7: Executing queries"
ENRICHING = 0.55, "Stage 4/7: Enriching with follow-ups"
SYNTHESIZING = 0.70, "Stage 5/7: Synthesizing findings"
SUGGESTING = 0.80, "Stage 6/7: Generating follow-ups"
ANALYSING = 0.90, "Stage 7/7: Generating verbose analysis"

PARTS = 8
PLAN_SCHEMA: JsonObject = {
    "type": "array",
    "items": {"type": "string", "pattern": r"\S", "maxLength": 4000},
    "minItems": 1,
    "maxItems": PARTS,
}
QUERY = "application/vnd.parley.query+json"
_DETAILS: TypeAdapter[list[Detail]] = TypeAdapter(list[Detail])
# A model that answered, but nothing of use. One that does not answer at all fails the job wherever it is asked.
USELESS = {"model_output_invalid", "model_refused"}

T = TypeVar("T")


@dataclass
class Course:
    """What a job has come to so far; `gaps` say which parts of its result are missing, and why."""

    asked: Asked
    plan: list[SubQuestion] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    gaps: dict[str, None] = field(default_factory=dict)


async def research(job: Job, request: Research, *, analyst: Analyst, tables: Tables, cache: Cache) -> Researched:
    """Answer a question about a dataset in seven stages; what the data cannot tell is said, never guessed."""
    if (known := await job.step("look for an earlier answer", cache.find, job.owner, request)) is not None:
        return known
    course = Course(await _asked(job, request, analyst, tables))
    await job.progress(*DECOMPOSING)
    course.plan = await _plan(job, request, course, analyst)
    await job.progress(*CLASSIFYING)
    course.plan = await job.step("classify", analyst.classify, course.asked, course.plan)
    await job.progress(*EXECUTING)
    queries = await job.step("write queries", analyst.write, course.asked, course.plan)
    await _execute(job, request, course, analyst, tables, queries=queries, stage="execute")
    await job.progress(*ENRICHING)
    closer = job.step("follow up", analyst.follow_up, course.asked, course.plan, course.details)
    queries = await _dispensable(course, closer, without="Nothing was looked at more closely") or []
    await _execute(job, request, course, analyst, tables, queries=queries, stage="enrich")
    await job.progress(*SYNTHESIZING)
    findings = await _findings(job, course, analyst)
    await job.progress(*SUGGESTING)
    next_ones = job.step("suggest", analyst.suggest, course.asked, course.plan, course.details)
    suggestions = await _dispensable(course, next_ones, without="No further questions are suggested") or []
    analysis = await _analysis(job, course, analyst, findings) if request.verbose else None
    researched = report(
        course.asked,
        plan=course.plan,
        details=analyst.illustrated(course.asked, course.plan, course.queries, course.details),
        findings=findings,
        suggestions=suggestions,
        analysis=analysis,
        mode=analyst.mode,
        model=analyst.model,
        usage=job.usage,
    )
    if course.gaps:
        return researched.model_copy(update={"notes": [*researched.notes, *course.gaps]})
    await job.step("keep the answer", cache.keep, job.owner, request, researched)
    return researched


async def _dispensable(course: Course, step: Awaitable[T], *, without: str) -> T | None:
    """What a step gives that the answer can do without; nothing, and a note, if the model says nothing of use."""
    try:
        return await step
    except PermanentError as error:
        if error.code not in USELESS:
            raise
        course.gaps[f"{without}: {error.detail}"] = None
        return None


async def _asked(job: Job, request: Research, analyst: Analyst, tables: Tables) -> Asked:
    """The question, the profile of its table, and which of its words stand in the table."""
    asked = await job.step("read profile", tables.asked, request)
    lookups = analyst.lookups(asked)
    if not lookups:
        return asked
    values = await job.step("look up values", tables.run, request.table, lookups, _columns(asked))
    return asked.model_copy(update={"values": [each for each in values if not each.error]})


async def _plan(job: Job, request: Research, course: Course, analyst: Analyst) -> list[SubQuestion]:
    """The parts of the question, as their owner wants them if asked to be shown them."""
    plan = (await job.step("decompose", analyst.decompose, course.asked))[:PARTS]
    if not request.review_plan:
        return plan
    texts: list[JsonValue] = [part.text for part in plan]
    answer = await job.ask(
        "plan", "Is this what you want to know? Change, add or remove parts.", schema=PLAN_SCHEMA, default=texts
    )
    chosen = answer.value if isinstance(answer.value, list) else texts
    return [SubQuestion(id=f"s{number}", text=str(text)) for number, text in enumerate(chosen, start=1)]


async def _execute(
    job: Job,
    request: Research,
    course: Course,
    analyst: Analyst,
    tables: Tables,
    *,
    queries: Sequence[Query],
    stage: str,
) -> None:
    """Run queries side by side, those that fail once more as their author mends them; what they found is kept."""
    if not queries:
        return
    columns = _columns(course.asked)
    found = await job.step(
        stage, tables.run, request.table, list(queries), columns, request.question, events=_artifacts
    )
    failed = [(query, detail) for query, detail in zip(queries, found, strict=True) if detail.error]
    async with asyncio.TaskGroup() as tasks:
        mending = [
            tasks.create_task(_mended(job, course, analyst, query, detail.error or "")) for query, detail in failed
        ]
    mended = [query for task in mending if (query := task.result()) is not None]
    if mended:
        again = await job.step(
            f"{stage} again", tables.run, request.table, mended, columns, request.question, events=_artifacts
        )
        newer = {detail.query_id: detail for detail in again}
        found = [newer.get(detail.query_id, detail) for detail in found]
    course.queries = [*course.queries, *_replaced(queries, mended)]
    course.details = [*course.details, *found]
    job.keep({"supporting_details": _DETAILS.dump_python(course.details, mode="json")})


async def _mended(job: Job, course: Course, analyst: Analyst, query: Query, error: str) -> Query | None:
    step = job.step("mend", analyst.mend, course.asked, query, error, key=f"mend {query.id}")
    return await _dispensable(course, step, without="A query that failed was not corrected")


async def _findings(job: Job, course: Course, analyst: Analyst) -> Checked:
    """What the results say. Numbers that no result supports are sent back once; after that their sentences go."""
    findings: Findings = await job.step("synthesize", analyst.synthesize, course.asked, course.plan, course.details)
    outcome = await _checked(course, findings)
    if not outcome.wrong:
        return outcome
    correction = job.step("correct", analyst.correct, course.asked, course.details, findings, outcome.wrong)
    again = await _dispensable(course, correction, without="Sentences were left out and not corrected")
    if again is None:
        return outcome
    corrected = await _checked(course, again)
    # What was right at first is not given up for a correction of which nothing is left.
    return outcome if outcome.findings.answered and not corrected.findings.answered else corrected


async def _analysis(job: Job, course: Course, analyst: Analyst, outcome: Checked) -> Checked | None:
    await job.progress(*ANALYSING)
    step = job.step("analyse", analyst.analyse, course.asked, course.plan, course.details, outcome.findings)
    written = await _dispensable(course, step, without="There is no longer analysis")
    if written is None:
        return None
    alone = Findings(answered=outcome.findings.answered, answer=written, given=outcome.findings.given)
    return await _checked(course, alone)


async def _checked(course: Course, findings: Findings) -> Checked:
    """Beside the event loop: thousands of cells may be names that a text holds."""
    return await asyncio.to_thread(checked, findings, course.asked, course.details)


def _columns(asked: Asked) -> list[str]:
    return [column.name for column in asked.profile.columns]


def _artifacts(found: list[Detail]) -> list[Contract]:
    return [
        Artifact(id=each.query_id, name=each.question, media_type=QUERY, data=each.model_dump(mode="json"))
        for each in found
    ]


def _replaced(queries: Sequence[Query], mended: Sequence[Query]) -> list[Query]:
    newer = {query.id: query for query in mended}
    return [newer.get(query.id, query) for query in queries]
