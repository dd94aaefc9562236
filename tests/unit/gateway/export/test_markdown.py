"""Markdown, read back by a parser that does all that GitHub's does."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.unit.gateway.export.conftest import Export, regions

from parley_common.contracts.research import Researched
from parley_gateway.export import Format, Limits
from parley_gateway.export.markdown import fenced, flat

HARMLESS = {"text", "softbreak", "text_special"}


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def inline(text: str) -> list[Token]:
    return [child for token in tokens(text) for child in token.children or ()]


def words(text: str) -> str:
    return "".join(token.content for token in inline(text))


def test_answer_cites_the_rows_it_comes_from(exported: Export, result: Researched) -> None:
    text = words(exported(Format.MARKDOWN, result).body.decode())
    assert "North sold 1,204.5 [1] in total, South lost 3 [2]." in text
    assert "[1] q1: row 1, total = 1204.5" in text
    assert "[2] q1: row 2, total = -3" in text


def test_everything_has_its_place(exported: Export, result: Researched) -> None:
    parsed = tokens(exported(Format.MARKDOWN, result).body.decode())
    headings = [parsed[place + 1].content for place, token in enumerate(parsed) if token.type == "heading_open"]
    assert headings[:5] == [
        "Which region sells most?",
        "Answer",
        "Findings",
        "Sources",
        "q1: What did each region sell?",
    ]
    assert headings[-3:] == ["Follow-up questions", "Analysis", "Notes"]
    code = [token.content for token in parsed if token.type == "fence" and token.info == "sql"]
    assert code[0] == regions().sql + "\n"
    assert sum(token.type == "table_open" for token in parsed) == 4


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "![x](http://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x]: http://evil.example",
        "<http://evil.example>",
        "http://evil.example www.evil.example a@evil.example mailto:a@evil.example",
        "a | b | c",
        "# heading",
        "- item",
        "+ item",
        "1. item",
        "1) item",
        "> quote",
        "```\ncode",
        "~~~",
        "~~gone~~",
        "*a* _b_ **c** `d`",
        "&lt;b&gt; &#60;",
        "    code",
        "---",
        "===",
        "- - -",
        ":--",
        "\\",
        "a\\|b",
        "line  \nnext",
    ],
)
def test_text_stays_text_wherever_it_stands(hostile: str, exported: Export, result: Researched) -> None:
    assert {token.type for token in tokens(flat(hostile))} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {token.type for token in inline(flat(hostile))} <= HARMLESS
    assert words(flat(hostile)) == " ".join(hostile.split())
    assert not re.search(r"(?<!\\)(@|://)|www\.|mailto:", flat(hostile)), "GitHub makes a link of a bare address"
    detail = regions().model_copy(update={"columns": [hostile] * 4, "rows": [[hostile] * 4]})
    body = exported(Format.MARKDOWN, result.model_copy(update={"supporting_details": [detail]})).body.decode()
    parsed = tokens(body)
    cells = [parsed[place + 1] for place, token in enumerate(parsed) if token.type in ("th_open", "td_open")]
    assert [cell.content and words(cell.content) for cell in cells[1:5]] == [" ".join(hostile.split())] * 4
    assert len(cells) == 10
    assert not [token for token in parsed if token.type in ("html_block", "hr")]


def test_code_cannot_leave_its_block() -> None:
    sql = "SELECT 1\n```\n# out\n````"
    (only,) = tokens(fenced(sql, "sql"))
    assert only.content == sql + "\n"


def test_rows_left_out_are_counted(exported: Export, result: Researched) -> None:
    body = exported(Format.MARKDOWN, result, limits=Limits(rows=2, columns=3)).body.decode()
    assert "Shown are 2 of 3 rows and 3 of 4 columns." in body
