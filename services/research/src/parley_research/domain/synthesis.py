"""From results to the answer: cited sentences, findings, questions to ask next, and how it all was computed."""

# Patterns and sentences are read in one line.
from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from parley_common.contracts.datasets import Profile
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Detail, Statement
from parley_research.domain.asks import Ask, Refusal
from parley_research.domain.engine import DEFAULTS, Options, Plan
from parley_research.domain.mentions import Limits
from parley_research.domain.phrases import given
from parley_research.domain.pictures import picture
from parley_research.domain.prose import join, named
from parley_research.domain.queries import Query
from parley_research.domain.results import Result, Results
from parley_research.domain.table import Table
from parley_research.domain.table import table as seen
from parley_research.domain.tracing import Traced, trace
from parley_research.domain.understanding import understand
from parley_research.domain.wording import answer

_NEXT = 3


class Synthesis(Contract):
    """All that the result of a job says, but its bookkeeping.

    `analysis` is all there is to say, with what was left out. `given` are the phrases with digits in them that are no
    figures: conditions as they were asked for, names and values. `dropped` counts sentences that could not be traced.
    """

    answer: Statement
    findings: list[Statement] = Field(default_factory=list)
    details: list[Detail] = Field(default_factory=list)
    follow_up_questions: list[str] = Field(default_factory=list)
    analysis: Statement
    given: list[str] = Field(default_factory=list)
    answered: bool
    notes: list[str] = Field(default_factory=list)
    dropped: int = 0


def synthesize(
    plan: Plan,
    closer: Sequence[Query],
    results: Results,
    profile: Profile,
    *,
    name: str = "",
    options: Options = DEFAULTS,
) -> Synthesis:
    """The answer to the plan. A query without a result failed; the answer says that instead of a number."""
    table = seen(profile, name)
    traced = {each.id: _traced(each, results, table) for each in (*plan.queries(), *closer) if each.id in results}
    spoken = [_spoken(each.query, each.refusal, traced) for each in plan.parts]
    findings = [traced[each.id].statement for each in (*plan.queries(), *closer) if each.id in traced and _tells(each)]
    findings = [each for each in findings if each.text]
    queries = [*plan.queries(), *closer]
    notes = _notes(queries, table)
    closer_look = [traced[each.id].statement for each in closer if each.id in traced]
    everything = [*spoken, *closer_look, *(Statement(text=note) for note in notes)]
    return Synthesis(
        answer=join([each for each in spoken if each.text]),
        findings=findings,
        details=[_detail(each, results.get(each.id), options) for each in queries],
        follow_up_questions=next_questions(plan, table),
        analysis=join([each for each in everything if each.text]),
        given=sorted(
            {name for each in queries if each.id in results for name in names_of(each, results[each.id], table)}
        ),
        answered=any(each.id in results for each in plan.queries()),
        notes=notes,
        dropped=sum(len(each.dropped) for each in traced.values()),
    )


def names_of(query: Query, result: Result, table: Table) -> set[str]:
    """What may stand in a text about this result with digits in it, without being a figure of it."""
    texts = {cell for row in result.rows for cell in row if isinstance(cell, str)}
    return {*given(query.ask, table), *texts, *(each.name for each in table.fields)}


def _traced(query: Query, results: Results, table: Table) -> Traced:
    result = results[query.id]
    own = answer(query, result, table) if _tells(query) else Statement(text="")
    return trace(own, {query.id: result}, names_of(query, result, table))


def _tells(query: Query) -> bool:
    """Whether a query has an answer in words; the points behind a picture have none."""
    return not (query.parent and query.ask.shape in ("distribution", "relationship"))


def _spoken(query: Query | None, refusal: Refusal | None, traced: dict[str, Traced]) -> Statement:
    if refusal is not None:
        return Statement(text=refusal.reason)
    if query is None or query.id not in traced:
        return Statement(text="The data cannot tell, because the query that should answer this failed.")
    return traced[query.id].statement


def _detail(query: Query, result: Result | None, options: Options) -> Detail:
    if result is None:
        return Detail(
            query_id=query.id, question=query.question, kind=query.kind, sql=query.sql, error="The query failed."
        )
    return Detail(
        query_id=query.id,
        question=query.question,
        kind=query.kind,
        sql=query.sql,
        columns=result.columns,
        rows=result.rows,
        row_count=result.row_count,
        chart=picture(query, result, most=options.points),
    )


def _notes(queries: Sequence[Query], table: Table) -> list[str]:
    notes = [note for each in queries for note in each.ask.notes]
    for each in queries:
        ask = each.ask
        used = [*(key.column for key in ask.keys), *(m.column for m in ask.measures if m.column), *ask.columns]
        used += (
            [c.column for c in (*ask.base, *ask.conditions) if c.operator != "missing"] if ask.shape != "share" else []
        )
        for column in used:
            if table.field(column).column.missing and ask.shape != "missing":
                notes.append(f"Rows without a value in {named(column)} were left out.")
    return list(dict.fromkeys(notes))


def next_questions(plan: Plan, table: Table) -> list[str]:
    """Questions this engine can answer, about the columns of the answer first."""
    used = [column for each in plan.queries() for column in _columns(each.ask)]
    amounts = sorted(
        (each for each in table.fields if each.numeric and not each.flag), key=lambda each: each.name not in used
    )
    groups = sorted(
        (each for each in table.fields if each.few(50) and each.column.type == "text"),
        key=lambda each: each.name in used,
    )
    asked = [each.part.text.casefold() for each in plan.parts]
    ideas = [f"What is the average {a.name} by {g.name}?" for a in amounts[:1] for g in groups[:1]]
    ideas += [f"What is the correlation between {amounts[0].name} and {b.name}?" for b in amounts[1:2]]
    ideas += [f"What is the distribution of {a.name}?" for a in amounts[:1]]
    ideas += [f"Which {g.name} is most common?" for g in groups[:1]]
    ideas += [
        f"How did the average {a.name} change over time?" for a in amounts[:1] if any(f.temporal for f in table.fields)
    ]
    known = [each for each in ideas if each.casefold() not in asked and _answerable(each, table)]
    return known[:_NEXT]


def _answerable(question: str, table: Table) -> bool:
    return isinstance(understand(question, table, limits=Limits()), Ask)


def _columns(ask: Ask) -> list[str]:
    return [*(each.column for each in ask.measures if each.column), *(each.column for each in ask.keys), *ask.columns]
