"""DOCX: paragraphs under their headings, lists, tables row by row, and footnotes."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from parley_ingest.parsing.archives import has, opened
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, unreadable
from parley_ingest.parsing.trees import check_depth, parsed

_HEADING = re.compile(r"heading (\d)", re.I)
TITLE = 0
# A style may stand on another one, and they may form a circle.
STYLES_DEEP = 10
_LEFT_OUT = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


def read(file: BinaryIO, draft: Draft) -> None:
    with opened(file, draft.limits) as archive:
        has(archive, "[Content_Types].xml", what="a DOCX document")
    try:
        document = Document(file)
    except ValueError:
        raise unreadable(
            "unsupported", "The file is no DOCX document; one with macros must be saved without."
        ) from None
    except (KeyError, etree.XMLSyntaxError):
        raise damaged() from None
    draft.title = document.core_properties.title
    check_depth(document.element, draft.limits)
    levels = _levels(document.styles.element)
    _Walk(draft, levels).write(document.element.body)
    for part in (rel.target_part for rel in document.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.FOOTNOTES):
        _write_footnotes(parsed(part.blob, draft.limits), draft)


def _levels(styles: Any) -> dict[str, int]:
    """How deep the headings of each style are; styles that are no headings are missing."""
    known = {style.get(qn("w:styleId")): style for style in styles.findall("w:style", _W)}
    found = {name: _level(style, known) for name, style in known.items()}
    return {name: level for name, level in found.items() if level is not None}


def _level(style: Any, known: dict[str, Any]) -> int | None:
    for _ in range(STYLES_DEEP):
        if style is None:
            break
        name = _value(style, "w:name") or ""
        if named := _HEADING.fullmatch(name):
            return int(named[1])
        if name.lower() == "title":
            return TITLE
        if (outline := _value(style, "w:pPr/w:outlineLvl")) is not None:
            return int(outline) + 1 if int(outline) < 9 else None
        style = known.get(_value(style, "w:basedOn") or "")
    return None


def _value(element: Any, path: str) -> str | None:
    found = element.find(path, _W)
    return None if found is None else found.get(qn("w:val"))


class _Walk:
    """Goes through the body without recursion; text boxes and tables may stand in each other."""

    def __init__(self, draft: Draft, levels: dict[str, int]) -> None:
        self._draft = draft
        self._levels = levels
        self._paragraphs: list[list[str]] = []
        self._rows: list[list[list[str]]] = []

    def write(self, body: Any) -> None:
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            if event == "start" and element.tag in _LEFT_OUT:
                walk.skip_subtree()
            elif event == "start":
                self._start(element.tag)
            else:
                self._end(element)

    def _start(self, tag: str) -> None:
        if tag == qn("w:p"):
            self._paragraphs.append([])
        elif tag == qn("w:tr"):
            self._rows.append([])
        elif tag == qn("w:tc"):
            self._rows[-1].append([])

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag == qn("w:t") and self._paragraphs:
            self._paragraphs[-1].append(element.text or "")
        elif tag in _SIGNS and self._paragraphs and element.getparent().tag == qn("w:r"):
            self._paragraphs[-1].append(_SIGNS[tag])
        elif tag == qn("w:p"):
            self._paragraph(element, "".join(self._paragraphs.pop()).strip())
        elif tag == qn("w:tr"):
            self._row(" | ".join(" ".join(cell) for cell in self._rows.pop()))

    def _paragraph(self, element: Any, text: str) -> None:
        if not text:
            return
        level = self._level(element)
        if self._rows:
            self._rows[-1][-1].append(text)
        elif level == TITLE:
            self._draft.title = self._draft.title or text
            self._draft.block(text)
        elif level is not None:
            self._draft.heading(text, level)
        elif element.find("w:pPr/w:numPr", _W) is not None or (_value(element, "w:pPr/w:pStyle") or "").startswith(
            "List"
        ):
            self._draft.line(f"- {text}")
        else:
            self._draft.block(text)

    def _row(self, text: str) -> None:
        if self._rows:
            self._rows[-1][-1].append(text)
        elif text.strip(" |"):
            self._draft.line(text)

    def _level(self, element: Any) -> int | None:
        if (own := _value(element, "w:pPr/w:outlineLvl")) is not None and int(own) < 9:
            return int(own) + 1
        return self._levels.get(_value(element, "w:pPr/w:pStyle") or "")


def _write_footnotes(root: Any, draft: Draft) -> None:
    for note in root.findall("w:footnote", _W):
        text = "".join(part.text or "" for part in note.iter(qn("w:t"))).strip()
        if text and note.get(qn("w:type")) is None:
            draft.line(f"[{note.get(qn('w:id'))}] {text}")
