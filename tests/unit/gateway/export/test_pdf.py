"""PDF, its text taken out again."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.unit.gateway.export.conftest import Export, regions

from parley_common.contracts.research import Researched, Statement
from parley_gateway.export import Format, Limits


def read(body: bytes) -> PdfReader:
    return PdfReader(BytesIO(body), strict=True)


def text(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(body).pages)


def test_answer_sources_tables_and_charts_are_there(exported: Export, result: Researched) -> None:
    found = text(exported(Format.PDF, result).body).replace("\u00a0", " ")
    for wanted in (
        "Which region sells most?",
        "North sold 1,204.5 [1] in total, South lost 3 [2].",
        "[1] q1: row 1, total = 1204.5",
        "The best was 1,204.5 [1].",
        'SELECT "region", sum(price) AS total',
        "2026-01-31",
        "A line",
        "This query failed: no column profit",
        "Second line.",
        "Two rows had no region.",
        "some-model",
        "ab" * 32,
    ):
        assert wanted in found


@pytest.mark.parametrize("words", ["Größe, Straße", "Ελληνικά", "Привет", "ภาษาไทย", "東京の売上", "你好", "한국어"])
def test_scripts_of_many_languages_are_kept(words: str, exported: Export, result: Researched) -> None:
    body = exported(Format.PDF, result.model_copy(update={"main_question": words, "follow_up_questions": []})).body
    assert words in text(body)
    assert "that the fonts of this document lack" not in text(body)


def test_what_no_font_shows_is_replaced_and_counted(exported: Export, result: Researched) -> None:
    asked = {"main_question": "العربية 🎉", "follow_up_questions": []}
    found = text(exported(Format.PDF, result.model_copy(update=asked)).body)
    assert "▯▯▯▯▯▯▯ ▯" in found
    assert "8 characters that the fonts of this document lack" in found


def test_text_cannot_name_a_link_a_font_or_an_image(exported: Export, result: Researched) -> None:
    hostile = '<a href="http://evil.example">x</a><img src="/etc/passwd"/><font name="Nope">y</font> &amp;'
    asked = {"main_question": hostile, "answer": Statement(text=hostile), "supporting_details": []}
    document = read(exported(Format.PDF, result.model_copy(update=asked)).body)
    assert '<font name="Nope">' in document.pages[0].extract_text().replace("\n", " ")
    assert not any("/Annots" in page for page in document.pages)
    assert not any(page.images for page in document.pages)


def test_long_and_wide_tables_end_with_a_remark(exported: Export, result: Researched) -> None:
    names = [f"column {number}" for number in range(40)]
    rows = [[number] * 40 for number in range(3_000)]
    detail = regions().model_copy(update={"columns": names, "rows": rows, "row_count": 9_000, "chart": None})
    body = exported(
        Format.PDF, result.model_copy(update={"supporting_details": [detail]}), limits=Limits(page_rows=20)
    ).body
    assert "Shown are 20 of 9,000 rows and 10 of 40 columns." in text(body)


def test_names_and_cells_of_ten_thousand_characters_do_not_break_the_page(exported: Export, result: Researched) -> None:
    detail = regions().model_copy(update={"columns": ["W" * 10_000] * 10, "rows": [["W" * 10_000] * 10], "chart": None})
    huge = result.model_copy(update={"supporting_details": [detail], "main_question": "W" * 10_000})
    assert "W" * 20 in text(exported(Format.PDF, huge).body)
