"""HTML, read back by a parser that knows nothing of how it was made."""

from __future__ import annotations

from lxml import html
from lxml.html import HtmlElement
from tests.unit.gateway.export.conftest import Export, chart, regions

from parley_common.contracts.research import Researched, Statement
from parley_gateway.export import Format, Limits

HOSTILE = "</title></style></pre><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>\"'&"


def page(body: bytes) -> HtmlElement:
    return html.document_fromstring(body.decode())


def attributes(root: HtmlElement) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for element in root.iter() for name, value in element.attrib.items()]


def test_citations_lead_to_the_cited_cells(exported: Export, result: Researched) -> None:
    root = page(exported(Format.HTML, result).body)
    marks = root.xpath("//p[@class='answer']//a")
    assert [(mark.text, mark.get("href")) for mark in marks] == [("[1]", "#source-1"), ("[2]", "#source-2")]
    source = root.get_element_by_id("source-1")
    assert source.text_content() == "q1: row 1, total = 1204.5"
    row = root.get_element_by_id(source.xpath("./a/@href")[0].removeprefix("#"))
    assert [cell.text_content() for cell in row.xpath("./td")] == ["North", "1204.5", "2026-01-31", "true"]
    assert [mark.text for mark in row.xpath(".//mark")] == ["1204.5"]


def test_everything_has_its_place(exported: Export, result: Researched) -> None:
    root = page(exported(Format.HTML, result).body)
    assert root.xpath("string(//h1)") == "Which region sells most?"
    assert [heading.text_content() for heading in root.xpath("//h2")] == [
        "Answer",
        "Findings",
        "Sources",
        "q1: What did each region sell?",
        "q2: How did sales go?",
        "q3: How are prices spread?",
        "q4: How are prices spread?",
        "q5: And the profit?",
        "Follow-up questions",
        "Analysis",
        "Notes",
    ]
    assert root.xpath("string(//pre)") == regions().sql
    assert len(root.xpath("//*[local-name()='svg']")) == 4
    assert dict(zip(root.xpath("//dt/text()"), root.xpath("//dd/text()"), strict=True))["Model"] == "some-model"
    assert "no column profit" in root.text_content()


def test_page_needs_and_runs_nothing(exported: Export, result: Researched) -> None:
    root = page(exported(Format.HTML, result).body)
    assert not root.xpath("//script | //link | //img | //iframe | //object | //embed | //form")
    addresses = [value for name, value in attributes(root) if name in ("href", "src", "xlink:href")]
    assert all(address.startswith("#") for address in addresses)
    policy = root.xpath("string(//meta[@http-equiv]/@content)")
    assert policy.startswith("default-src 'none';")


def test_hostile_text_is_shown_and_nothing_else(exported: Export, result: Researched) -> None:
    spec = chart(
        "bar", [{HOSTILE: HOSTILE, "n": 1}], {"field": HOSTILE, "type": "nominal", "title": HOSTILE}, {"field": "n"}
    )
    spec["title"] = HOSTILE
    detail = regions().model_copy(
        update={
            "query_id": HOSTILE,
            "question": HOSTILE,
            "sql": HOSTILE,
            "columns": [HOSTILE],
            "rows": [[HOSTILE]],
            "error": HOSTILE,
            "chart": spec,
        }
    )
    hostile = result.model_copy(
        update={
            "main_question": HOSTILE,
            "answer": Statement(text=HOSTILE),
            "findings": [Statement(text=HOSTILE)],
            "supporting_details": [detail],
            "follow_up_questions": [HOSTILE],
            "verbose_analysis": HOSTILE,
            "notes": [HOSTILE],
            "model": HOSTILE,
        }
    )
    root = page(exported(Format.HTML, hostile, dataset_name=HOSTILE).body)
    assert not root.xpath("//script | //img")
    assert not [name for name, _ in attributes(root) if name.startswith("on")]
    assert root.xpath("string(//pre)") == HOSTILE
    assert root.xpath("string(//h1)") == HOSTILE
    assert root.xpath("//table//td")[0].text_content() == HOSTILE


def test_identifiers_are_unique_beside_many_charts(exported: Export, result: Researched) -> None:
    found = page(exported(Format.HTML, result).body).xpath("//@id")
    assert len(found) == len(set(found))


def test_rows_left_out_are_counted(exported: Export, result: Researched) -> None:
    root = page(exported(Format.HTML, result, limits=Limits(rows=1)).body)
    assert "Shown are 1 of 3 rows." in root.text_content()
    assert len(root.xpath("//section[@id='query-1']//tbody/tr")) == 1
    assert not root.xpath("//li[@id='source-2']/a")
