"""Whatever a result holds, every format is made and can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.unit.gateway.export.conftest import Export, chart

from parley_common.contracts.jobs import Mode
from parley_common.contracts.research import Citation, CitedNumber, Detail, Researched, Statement
from parley_gateway.export import Format

# Surrogates and controls as well: a result passes through many hands.
ANY = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["=1+1", "<b>", "|", "```", "\x00", "\ud800", "\u202e", "עברית"]
)
CELL = st.none() | st.booleans() | st.integers() | st.floats() | ANY | st.lists(ANY, max_size=2)
PLACE = st.integers(-3, 70)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    citation = st.builds(Citation, query_id=ANY, row=PLACE, column=ANY)
    numbers = st.builds(CitedNumber, start=PLACE, end=PLACE, value=st.floats(), citation=citation)
    return Statement(text=draw(ANY), numbers=draw(st.lists(numbers, max_size=3)))


@st.composite
def details(draw: st.DrawFn) -> Detail:
    columns = draw(st.lists(ANY, max_size=4))
    rows = draw(st.lists(st.lists(CELL, max_size=5), max_size=4))
    points: list[Any] = draw(st.lists(st.fixed_dictionaries({"x": CELL, "y": CELL, "c": CELL}), max_size=6))
    channel: Any = st.fixed_dictionaries({"field": st.just("x")}, optional={"bin": st.booleans(), "title": ANY})
    upright: Any = st.sampled_from([{"field": "y"}, {"aggregate": "count"}])
    mark = draw(st.sampled_from(["bar", "line", "point", "arc"]))
    spec = chart(mark, points, draw(channel), draw(upright), color={"field": "c"})
    return Detail(
        query_id=draw(ANY),
        question=draw(ANY),
        kind="trend",
        sql=draw(ANY),
        columns=columns,
        rows=rows,
        row_count=draw(st.integers(0, 10**9)),
        hash=draw(ANY),
        chart=draw(st.sampled_from([None, spec])),
        error=draw(st.none() | ANY),
    )


RESULTS = st.builds(
    Researched,
    main_question=ANY,
    direct_answer=ANY,
    key_findings=st.lists(ANY, max_size=2),
    supporting_details=st.lists(details(), max_size=3),
    follow_up_questions=st.lists(ANY, max_size=2),
    verbose_analysis=st.none() | ANY,
    answered=st.booleans(),
    answer=statements(),
    findings=st.lists(statements(), max_size=2),
    notes=st.lists(ANY, max_size=2),
    mode=st.sampled_from(Mode),
    model=st.none() | ANY,
)


def read_markdown(body: bytes) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parsed = parser.parse(body.decode())
    kinds = {token.type for token in parsed} | {child.type for token in parsed for child in token.children or ()}
    assert not kinds & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "s_open",
        "code_inline",
        "em_open",
        "strong_open",
    }


def read_html(body: bytes) -> None:
    root = html.document_fromstring(body.decode())
    assert not root.xpath("//script | //img | //b")
    assert root.xpath("count(//h1)") == 1


def read_pdf(body: bytes) -> None:
    assert [page.extract_text() for page in PdfReader(BytesIO(body), strict=True).pages]


def read_xlsx(body: bytes) -> None:
    for sheet in load_workbook(BytesIO(body)).worksheets:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def read_notebook(body: bytes) -> None:
    notebook = nbformat.reads(body.decode(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compile(cell.source, "cell", "exec")


READERS: dict[Format, Callable[[bytes], object]] = {
    Format.MARKDOWN: read_markdown,
    Format.HTML: read_html,
    Format.PDF: read_pdf,
    Format.XLSX: read_xlsx,
    Format.NOTEBOOK: read_notebook,
    Format.JSON: json.loads,
}


@pytest.mark.parametrize("format", Format)
def test_every_result_becomes_a_file_that_opens(format: Format, exported: Export) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(RESULTS, ANY)
    def check(result: Researched, name: str) -> None:
        READERS[format](exported(format, result, dataset_name=name, dataset_hash=name).body)

    check()
