"""From results to the answer: cited sentences, findings, and questions to ask next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parley_common.contracts.research import Statement
from parley_research.domain.asks import Ask, Refusal
from parley_research.domain.engine import Plan
from parley_research.domain.inquiry import Findings
from parley_research.domain.naming import Limits
from parley_research.domain.phrases import given
from parley_research.domain.prose import join, named
from parley_research.domain.queries import Query
from parley_research.domain.results import Result, Results
from parley_research.domain.table import Table
from parley_research.domain.tracing import trace
from parley_research.domain.understanding import understand
from parley_research.domain.wording import answer, told

_NEXT = 3


def findings(plan: Plan, closer: Sequence[Query], results: Results, table: Table) -> Findings:
    """The answer to the plan, and a finding for each query. One without a result failed, and the answer says so."""
    queries = [*plan.queries(), *closer]
    said = [_told(each, results, table) for each in queries]
    return Findings(
        answered=any(each.id in results and told(each.ask, results[each.id]) for each in plan.queries()),
        answer=join(_spoken(plan, results, table)),
        findings=[each for each in said if each.text],
        given=sorted(_given(plan, queries, results, table)),
    )


def analysis(plan: Plan, closer: Sequence[Query], results: Results, table: Table) -> Statement:
    """All there is to say: the answer, the closer look, and what was left out or taken for granted."""
    looked = [_told(each, results, table) for each in closer]
    notes = [Statement(text=note) for note in _notes([*plan.queries(), *closer], table)]
    return join([each for each in (*_spoken(plan, results, table), *looked, *notes) if each.text])


def _given(plan: Plan, queries: Sequence[Query], results: Results, table: Table) -> set[str]:
    """What is no figure of a result: names, values, conditions, and what a refusal quotes from the question."""
    quoted = {quote for each in plan.parts if each.refusal for quote in re.findall("“([^”]+)”", each.refusal.reason)}
    return quoted.union(*(_names(each, results[each.id], table) for each in queries if each.id in results))


def _spoken(plan: Plan, results: Results, table: Table) -> list[Statement]:
    spoken = [_answer(each.query, each.refusal, results, table) for each in plan.parts]
    return [each for each in spoken if each.text]


def _answer(query: Query | None, refusal: Refusal | None, results: Results, table: Table) -> Statement:
    if refusal is not None:
        return Statement(text=refusal.reason)
    if query is None or query.id not in results:
        return Statement(text="The data cannot tell, because the query that should answer this failed.")
    return _told(query, results, table)


def _told(query: Query, results: Results, table: Table) -> Statement:
    """What a query found, in words; the points behind a picture have none, nor has a query that failed."""
    behind = query.parent and query.ask.shape in ("distribution", "relationship")
    if behind or query.id not in results:
        return Statement(text="")
    result = results[query.id]
    return trace(answer(query, result, table), {query.id: result}, _names(query, result, table)).statement


def _names(query: Query, result: Result, table: Table) -> set[str]:
    """What may stand in a text about this result with digits in it, without being a figure of it."""
    texts = {cell for row in result.rows for cell in row if isinstance(cell, str)}
    return {*given(query.ask, table), *texts, *(each.name for each in table.fields)}


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
