"""A manual to measure with: Python's own reference and docstrings, prose and code, the same on any machine."""

from __future__ import annotations

import ast
import io
import re
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from pydoc_data.topics import topics
from xml.sax.saxutils import escape

from pypdfium2 import PdfDocument
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

# More than a page holds, so that no manual comes out too short.
_CHARACTERS = 2_900
_BODY = ParagraphStyle("body", getSampleStyleSheet()["BodyText"], fontSize=11, leading=14)


def paragraphs() -> Iterator[str]:
    """Each of them once; markup is left out."""
    known = set()
    for text in (*topics.values(), *_docstrings()):
        for paragraph in text.split("\n\n"):
            line = " ".join(paragraph.split())
            if line not in known and not re.fullmatch(r"\W*", line):
                known.add(line)
                yield line


def pdf(lines: Sequence[str]) -> bytes:
    """Paragraphs set as a printed manual is: A4, 11 points."""
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=A4).build([Paragraph(escape(line), _BODY) for line in lines])
    return file.getvalue()


def manual(pages: int) -> bytes:
    """A PDF of so many pages."""
    lines, length = [], 0
    for line in paragraphs():
        lines.append(line)
        length += len(line)
        if length > pages * _CHARACTERS:
            break
    return _beginning(pdf(lines), pages)


def shares(number: int, characters: int) -> list[list[str]]:
    """Paragraphs for so many documents of about so many characters each, none of them in two."""
    found: list[list[str]] = [[]]
    for line in paragraphs():
        if sum(map(len, found[-1])) > characters:
            if len(found) == number:
                break
            found.append([])
        found[-1].append(line)
    return found


def _beginning(whole: bytes, pages: int) -> bytes:
    with PdfDocument(whole) as document, PdfDocument.new() as part:
        if len(document) < pages:
            raise RuntimeError(f"{len(document)} of {pages} pages")
        part.import_pages(document, list(range(pages)))
        file = io.BytesIO()
        part.save(file)
    return file.getvalue()


def _docstrings() -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        if "site-packages" in path.parts or "lib2to3" in path.parts or "bad" in path.name:
            continue
        nodes = (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, documented))
        yield from filter(None, map(ast.get_docstring, nodes))
