"""PDF on A4: text that can be searched and copied, tables that run over pages, charts as vectors."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape

from pydantic import JsonValue
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from parley_gateway.export import fonts
from parley_gateway.export.drawing import draw, remark
from parley_gateway.export.fonts import BOLD, MONO, SANS, Typesetter
from parley_gateway.export.report import Passage, Query, Report, left_out, marked
from parley_gateway.export.text import is_number, one_line, shown

MARGIN = 18 * mm
FIRST, PADDING = 28.0, 3.0
BODY = ParagraphStyle("body", fontName=SANS, fontSize=9.5, leading=13.5, spaceAfter=4, splitLongWords=1)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=16, leading=20, spaceAfter=8)
HEADING = ParagraphStyle("heading", BODY, fontName=BOLD, fontSize=12, leading=15, spaceBefore=10, keepWithNext=1)
ANSWER = ParagraphStyle("answer", BODY, fontSize=11.5, leading=16, borderPadding=4)
FACT = ParagraphStyle("fact", BODY, fontSize=8, leading=10.5, spaceAfter=0, textColor=HexColor("#555555"))
CODE = ParagraphStyle(
    "code", BODY, fontName=MONO, fontSize=7.5, leading=10, spaceAfter=0, backColor=HexColor("#F5F5F5")
)
CELL = ParagraphStyle("cell", BODY, fontSize=7, leading=8.5, spaceAfter=0)
RIGHT = ParagraphStyle("right", CELL, alignment=2)
HEAD = ParagraphStyle("head", CELL, fontName=BOLD)
GRID = TableStyle(
    [
        ("FONT", (0, 1), (-1, -1), SANS, 7, 8.5),
        ("TEXTCOLOR", (0, 1), (0, -1), HexColor("#666666")),
        ("GRID", (0, 0), (-1, -1), 0.25, HexColor("#CCCCCC")),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#F0F0F0")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def render(report: Report) -> bytes:
    fonts.load()
    body = BytesIO()
    # Invariant: no time of making and no random identifier.
    document = SimpleDocTemplate(
        body,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=one_line(report.question, 200),
        author="Parley",
        creator="Parley",
        invariant=1,
    )
    document.build(list(_Story(report).flowables()), onFirstPage=_number_page, onLaterPages=_number_page)
    return body.getvalue()


class _Story:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._type = Typesetter()

    def flowables(self) -> Iterator[Flowable]:
        report = self._report
        yield self._paragraph(report.question, TITLE)
        for name, value in report.facts:
            yield self._paragraph(f"{name}: {value}", FACT)
        yield self._paragraph("Answer", HEADING)
        if not report.answered:
            yield self._paragraph("The data could not answer this question in full.", FACT)
        yield self._passage(report.answer, ANSWER)
        yield from self._list("Findings", [marked(finding) for finding in report.findings])
        yield from self._list(
            "Sources", [f"[{source.number}] {source.label} = {source.value}" for source in report.sources], ""
        )
        for query in report.queries:
            yield from self._query(query)
        yield from self._list("Follow-up questions", list(report.follow_ups))
        if report.analysis:
            yield self._paragraph("Analysis", HEADING)
            yield from (self._paragraph(line, BODY) for line in report.analysis.split("\n") if line.strip())
        yield from self._list("Notes", list(report.notes))
        if self._type.missing:
            yield Spacer(1, 8)
            yield self._paragraph(
                f"{self._type.missing:,} characters that the fonts of this document lack are shown as "
                f"{fonts.REPLACEMENT}. The other formats have them.",
                FACT,
            )

    def _query(self, query: Query) -> Iterator[Flowable]:
        yield self._paragraph(f"{query.id}: {query.title}", HEADING)
        for line in query.sql.split("\n"):
            yield self._paragraph(line.replace("\t", "    ") or " ", CODE)
        yield Spacer(1, 6)
        if query.error is not None:
            yield self._paragraph(f"This query failed: {query.error}", BODY)
        if query.chart:
            note = self._paragraph(remark(query.chart), FACT)
            yield KeepTogether([draw(query.chart, self._type.line), note])
        elif query.chart_left_out:
            yield self._paragraph("The chart of this result is of a kind that is not drawn here.", FACT)
        yield from self._table(query)

    def _table(self, query: Query) -> Iterator[Flowable]:
        limits = self._report.limits
        rows, columns = query.rows[: limits.page_rows], query.columns[: limits.page_columns]
        if columns:
            head = [self._paragraph(name, HEAD) for name in ("#", *columns)]
            room = (A4[0] - 2 * MARGIN - 12 - FIRST) / len(columns)
            cells = [
                [str(number), *(self._cell(value, room - 2 * PADDING) for value in row[: len(columns)])]
                for number, row in enumerate(rows, start=1)
            ]
            widths = [FIRST, *[room] * len(columns)]
            yield LongTable([head, *cells], colWidths=widths, repeatRows=1, style=_aligned(rows), splitInRow=1)
        detail = self._report.result.supporting_details[query.number - 1]
        yield self._paragraph(left_out(detail, len(rows), len(columns)), FACT)
        if query.hash:
            yield self._paragraph(f"SHA-256 of the result: {query.hash}", FACT)

    def _cell(self, value: JsonValue, room: float) -> Flowable | str:
        """A paragraph only where the text must be broken or needs another font: it takes ten times as long."""
        text = shown(value, self._report.limits.page_cell)
        if self._type.writes(text) and stringWidth(text, SANS, CELL.fontSize) <= room:
            return text
        return self._paragraph(text, RIGHT if is_number(value) else CELL)

    def _list(self, title: str, items: list[str], bullet: str = "• ") -> Iterator[Flowable]:
        if items:
            yield self._paragraph(title, HEADING)
            yield from (self._paragraph(bullet + item, BODY) for item in items)

    def _passage(self, passage: Passage, style: ParagraphStyle) -> Flowable:
        return self._paragraph(marked(passage), style)

    def _paragraph(self, text: str, style: ParagraphStyle) -> Flowable:
        """Text in the fonts it needs; it is escaped, so that it can name no font, link or image itself."""
        return Paragraph("".join(self._markup(text, style.fontName)), style)

    def _markup(self, text: str, font: str) -> Iterator[str]:
        for name, run in self._type.runs(text, font):
            safe = escape(run).replace("\n", "<br/>")
            if font == MONO:
                safe = safe.replace(" ", "\N{NO-BREAK SPACE}")
            yield safe if name == font else f'<font name="{name}">{safe}</font>'


def _aligned(rows: tuple[tuple[JsonValue, ...], ...]) -> TableStyle:
    """Numbers stand at the right, the numbers of the rows as well."""
    numbers = [place for place, cells in enumerate(zip(*rows, strict=True), start=1) if any(map(is_number, cells))]
    return TableStyle([("ALIGN", (place, 1), (place, -1), "RIGHT") for place in (0, *numbers)], parent=GRID)


def _number_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(SANS, 7)
    canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, str(document.page))
    canvas.restoreState()
