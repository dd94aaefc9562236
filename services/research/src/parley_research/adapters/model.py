"""An analyst that has a chat model do the thinking; what comes back is validated, cut to size, and never obeyed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise, starmap
from typing import Any

from parley_common.contracts.jobs import Mode
from parley_common.contracts.research import Citation, Detail, Statement, SubQuestion
from parley_common.llm.model import Model
from parley_common.llm.prompting import prompt
from parley_research.adapters import instructions as told
from parley_research.domain.charts import Chart, ChartRefused, specification, validated
from parley_research.domain.given import given
from parley_research.domain.inquiry import Asked, Findings, Query
from parley_research.domain.results import Results, result_of, results_of
from parley_research.domain.tracing import Claim, Unsupported, locate

PARTS, FOLLOW_UPS, FINDINGS, SUGGESTIONS = 8, 3, 6, 5
ANSWER, ANALYSIS = 6, 40
# What a model is shown of a table and of a result: enough to think with, small enough for any context.
COLUMNS, VALUES, CHARACTERS, ROWS = 200, 12, 80, 50
POINTS = 500


class ModelAnalyst:
    """An `Analyst` over a chat model: one structured call a stage."""

    mode = Mode.MODEL

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def model(self) -> str:
        return self._model.name

    def lookups(self, asked: Asked) -> list[Query]:
        return []

    async def decompose(self, asked: Asked) -> list[SubQuestion]:
        said = await self._model.structured(prompt(told.DECOMPOSE, **_asked(asked)), told.Decomposed)
        parts = list(dict.fromkeys(text.strip()[:1000] for text in said.parts if text.strip()))[:PARTS]
        return [SubQuestion(id=f"s{number}", text=text) for number, text in enumerate(parts or [asked.question], 1)]

    async def classify(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[SubQuestion]:
        said = await self._model.structured(prompt(told.CLASSIFY, **_asked(asked), parts=plan), told.Classified)
        kinds = {part.id: part.kind for part in said.parts}
        return [part.model_copy(update={"kind": kinds.get(part.id, "unanswerable")}) for part in plan]

    async def write(self, asked: Asked, plan: Sequence[SubQuestion]) -> list[Query]:
        open_parts = {part.id: part for part in plan if part.kind not in {None, "unanswerable"}}
        if not open_parts:
            return []
        fields = _asked(asked) | {"parts": list(open_parts.values())}
        said = await self._model.structured(prompt(told.WRITE, **fields), told.WrittenQueries)
        written = {each.part: each for each in reversed(said.queries) if each.part in open_parts}
        return [
            Query(
                id=f"q{number}",
                question=part.text,
                kind=part.kind or "aggregate",
                sql=written[part.id].sql,
                chart=written[part.id].chart,
            )
            for number, part in enumerate((each for each in open_parts.values() if each.id in written), start=1)
        ]

    async def mend(self, asked: Asked, query: Query, error: str) -> Query | None:
        fields = _asked(asked) | {"part": query.question, "sql": query.sql, "error": error}
        said = await self._model.structured(prompt(told.MEND, **fields), told.MendedQuery)
        return query.model_copy(update={"sql": said.sql, "chart": said.chart}) if said.sql.strip() else None

    async def follow_up(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[Query]:
        if not results_of(details):
            return []
        fields = _asked(asked) | {"results": _shown(details)}
        said = await self._model.structured(prompt(told.FOLLOW_UP, **fields), told.FurtherQueries)
        further = [each for each in said.queries if each.kind != "unanswerable"][:FOLLOW_UPS]
        return [
            Query(id=f"f{number}", question=each.question[:1000], kind=each.kind, sql=each.sql, chart=each.chart)
            for number, each in enumerate(further, start=1)
        ]

    async def synthesize(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> Findings:
        fields = {"question": asked.question, "parts": plan, "results": _shown(details)}
        said = await self._model.structured(prompt(told.SYNTHESIZE, **fields), told.Synthesized)
        return _findings(said, asked, results_of(details))

    async def correct(
        self, asked: Asked, details: Sequence[Detail], findings: Findings, wrong: Sequence[Unsupported]
    ) -> Findings:
        text = {"answer": findings.answer.text, "findings": [each.text for each in findings.findings]}
        fields = {"question": asked.question, "text": text, "wrong": wrong, "results": _shown(details)}
        said = await self._model.structured(prompt(told.CORRECT, **fields), told.Synthesized)
        return _findings(said, asked, results_of(details))

    async def suggest(self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail]) -> list[str]:
        said = await self._model.structured(
            prompt(told.SUGGEST, **_asked(asked), results=_shown(details)), told.Suggested
        )
        questions = dict.fromkeys(text.strip()[:500] for text in said.questions if text.strip())
        return list(questions)[:SUGGESTIONS]

    async def analyse(
        self, asked: Asked, plan: Sequence[SubQuestion], details: Sequence[Detail], findings: Findings
    ) -> Statement:
        fields = {"question": asked.question, "answer": findings.answer.text, "results": _shown(details)}
        said = await self._model.structured(prompt(told.ANALYSE, **fields), told.Analysed)
        return _statement(said.sentences[:ANALYSIS], results_of(details))

    def illustrated(
        self, asked: Asked, plan: Sequence[SubQuestion], queries: Sequence[Query], details: Sequence[Detail]
    ) -> list[Detail]:
        charts = {query.id: query.chart for query in queries}
        return [_illustrated(detail, charts.get(detail.query_id)) for detail in details]


def _illustrated(detail: Detail, chart: Chart | None) -> Detail:
    """With the picture the model chose, if it can be drawn from this result."""
    if chart is None or len(detail.rows) < 2:
        return detail
    try:
        # A title is not checked for numbers, so it is not the model's.
        titled = chart.model_copy(update={"title": detail.question[:200]})
        drawn = validated(specification(titled, result_of(detail), most=POINTS))
    except ChartRefused:
        return detail
    return detail.model_copy(update={"chart": drawn})


def _asked(asked: Asked) -> dict[str, Any]:
    columns = [
        {
            "name": column.name[:CHARACTERS],
            "type": column.type,
            "missing": column.missing,
            "distinct": column.distinct,
            "minimum": _short(column.minimum),
            "maximum": _short(column.maximum),
            "frequent": [_short(top.value) for top in column.top[:VALUES]],
            "samples": [_short(value) for value in column.samples[:VALUES]],
        }
        for column in asked.profile.columns[:COLUMNS]
    ]
    return {
        "question": asked.question,
        "file": asked.name[:CHARACTERS],
        "profile": {"rows": asked.profile.rows, "columns": columns},
    }


def _shown(details: Sequence[Detail]) -> list[dict[str, Any]]:
    return [
        {
            "query": detail.query_id,
            "question": detail.question,
            "sql": detail.sql,
            "columns": detail.columns,
            "rows": [[_short(cell) for cell in row] for row in detail.rows[:ROWS]],
            "row_count": detail.row_count,
        }
        for detail in details
        if not detail.error
    ]


def _short(value: Any) -> Any:
    return value[:CHARACTERS] if isinstance(value, str) else value


def _findings(said: told.Synthesized, asked: Asked, results: Results) -> Findings:
    return Findings(
        answered=said.answered,
        answer=_statement(said.answer[:ANSWER], results),
        findings=[_statement([sentence], results) for sentence in said.findings[:FINDINGS]],
        given=given(asked.question),
    )


def _statement(sentences: Iterable[told.Sentence], results: Results) -> Statement:
    """The sentences as one text; a citation counts where its number stands."""
    numbers, text = [], ""
    for sentence in sentences:
        clean = " ".join(_in_digits(sentence.text).split())
        if not clean:
            continue
        begin = len(text) + 1 if text else 0
        text = f"{text} {clean}" if text else clean
        claims = [
            Claim(
                written=_in_digits(each.written),
                citation=Citation(query_id=each.query, row=each.row, column=each.column),
            )
            for each in sentence.numbers
        ]
        numbers += [
            number.model_copy(update={"start": number.start + begin, "end": number.end + begin})
            for number in locate(clean, claims, results)
        ]
    return Statement(text=text, numbers=numbers)


def _in_digits(text: str) -> str:
    """Numbers in circles, raised ones, fractions and the like as digits, which are checked; the square of m² stays."""
    return text if text.isascii() else "".join(starmap(_in_digit, pairwise(" " + text)))


def _in_digit(before: str, character: str) -> str:
    unit = character in "²³" and before.isalpha()
    other = unicodedata.category(character) in {"No", "Nl"} and not unit
    return f"{unicodedata.numeric(character):.15g}" if other else character
