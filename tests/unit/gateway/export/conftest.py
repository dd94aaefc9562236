"""A result of research with a chart of every kind, and what makes a file of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from parley_common.contracts.jobs import JsonObject, Mode
from parley_common.contracts.research import Citation, CitedNumber, Detail, Researched, Statement
from parley_gateway.export import Exported, Format, Limits, export

ASKED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
COMPLETED = datetime(2026, 3, 1, 9, 31, 12, tzinfo=UTC)
HASH = "ab" * 32

Export = Callable[..., Exported]


@pytest.fixture
def exported() -> Export:
    def of(format: Format, result: Researched, *, limits: Limits | None = None, **other: Any) -> Exported:
        arguments = {"dataset_name": "sales.csv", "dataset_hash": HASH, "asked_at": ASKED, "completed_at": COMPLETED}
        return export(format, result, limits=limits, **{**arguments, **other})

    return of


def chart(mark: str, rows: list[JsonObject], x: JsonObject, y: JsonObject, **more: JsonObject) -> JsonObject:
    encoding: JsonObject = {"x": x, "y": y, **more}
    return {"mark": mark, "title": f"A {mark}", "data": {"values": [*rows]}, "encoding": encoding}


def regions() -> Detail:
    rows: list[list[JsonValue]] = [
        ["North", 1204.5, "2026-01-31", True],
        ["South", -3, "2026-02-28", False],
        [None] * 4,
    ]
    named: list[JsonObject] = [{"region": row[0], "total": row[1]} for row in rows]
    return Detail(
        query_id="q1",
        question="What did each region sell?",
        kind="comparison",
        sql='SELECT "region", sum(price) AS total\nFROM data\nGROUP BY 1',
        columns=["region", "total", "last", "open"],
        rows=rows,
        row_count=3,
        hash="cd" * 32,
        chart=chart("bar", named, {"field": "region", "type": "nominal"}, {"field": "total", "type": "quantitative"}),
    )


def months() -> Detail:
    rows: list[JsonObject] = [
        {"month": f"2026-0{n}-01", "sold": n * n, "shop": shop} for n in range(1, 7) for shop in "ab"
    ]
    return Detail(
        query_id="q2",
        question="How did sales go?",
        kind="trend",
        sql="SELECT month, sold FROM data",
        columns=["month", "sold"],
        rows=[["2026-01-01", 1], ["2026-02-01", 4]],
        row_count=6,
        chart=chart("line", rows, {"field": "month", "type": "temporal"}, {"field": "sold"}, color={"field": "shop"}),
    )


def prices() -> Detail:
    values: list[JsonObject] = [{"price": n % 13, "weight": n} for n in range(60)]
    return Detail(
        query_id="q3",
        question="How are prices spread?",
        kind="distribution",
        sql="SELECT price FROM data",
        columns=["price"],
        rows=[[1]],
        row_count=1,
        chart=chart("bar", values, {"field": "price", "bin": True}, {"aggregate": "count"}),
    )


def weights() -> Detail:
    values: list[JsonObject] = [{"price": n % 13, "weight": n} for n in range(60)]
    return prices().model_copy(
        update={"query_id": "q4", "chart": chart("point", values, {"field": "price"}, {"field": "weight"})}
    )


def failed() -> Detail:
    return Detail(
        query_id="q5",
        question="And the profit?",
        kind="aggregate",
        sql="SELECT profit FROM data",
        error="no column profit",
    )


@pytest.fixture
def result() -> Researched:
    text = "North sold 1,204.5 in total, South lost 3."
    numbers = [
        CitedNumber(start=11, end=18, value=1204.5, citation=Citation(query_id="q1", row=0, column="total")),
        CitedNumber(start=40, end=41, value=-3, citation=Citation(query_id="q1", row=1, column="total")),
    ]
    finding = Statement(
        text="The best was 1,204.5.",
        numbers=[CitedNumber(start=13, end=20, value=1204.5, citation=Citation(query_id="q1", row=0, column="total"))],
    )
    return Researched(
        main_question="Which region sells most?",
        direct_answer=text,
        key_findings=[finding.text],
        supporting_details=[regions(), months(), prices(), weights(), failed()],
        follow_up_questions=["What about Größe, 東京 and العربية 🎉?"],
        verbose_analysis="First line.\nSecond line.",
        answered=True,
        answer=Statement(text=text, numbers=numbers),
        findings=[finding],
        dropped=2,
        notes=["Two rows had no region."],
        mode=Mode.MODEL,
        model="some-model",
    )
