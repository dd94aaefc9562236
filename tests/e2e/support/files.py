"""A small document of every kind that is taken in, all of which say the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
from docx import Document
from pptx import Presentation
from reportlab.pdfgen.canvas import Canvas

SAYS = "The keeper of the lighthouse counted 417 ships in October."


def pdf(pages: int = 2) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for page in range(1, pages + 1):
        canvas.drawString(72, 720, f"Page {page} of the log.")
        canvas.drawString(72, 700, SAYS)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def docx() -> bytes:
    document = Document()
    document.add_heading("Log", level=1)
    document.add_paragraph(SAYS)
    return _saved(document.save)


def pptx() -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Log"
    slide.placeholders[1].text = SAYS
    return _saved(presentation.save)


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["month", "said"], ["October", SAYS]):
        sheet.append(row)
    return _saved(book.save)


def epub() -> bytes:
    page = (
        f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>Log</title></head><body><p>{SAYS}</p></body></html>"
    )
    package = (
        "<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><manifest>"
        "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>"
        "<spine><itemref idref='a'/></spine></package>"
    )
    container = (
        "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
        "<rootfile full-path='p.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, content in (("META-INF/container.xml", container), ("p.opf", package), ("a.xhtml", page)):
            archive.writestr(name, content)
    return file.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "log.pdf": pdf,
    "log.docx": docx,
    "log.pptx": pptx,
    "log.xlsx": xlsx,
    "log.epub": epub,
    "log.html": lambda: f"<!doctype html><html><body><h1>Log</h1><p>{SAYS}</p></body></html>".encode(),
    "log.md": lambda: f"# Log\n\n{SAYS}\n".encode(),
    "log.csv": lambda: f'month,said\nOctober,"{SAYS}"\n'.encode(),
    "log.txt": lambda: f"{SAYS}\n".encode("utf-16"),
    "log.eml": lambda: f"From: a@example.org\nTo: b@example.org\nSubject: Log\n\n{SAYS}\n".encode(),
}


def _saved(save: Callable[[Any], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()
