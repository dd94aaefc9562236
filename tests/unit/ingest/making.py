"""Small documents of every format, made when they are needed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from email.message import EmailMessage

import docx
import openpyxl
import pptx
from pptx.util import Inches
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

SENTENCE = "The quick brown fox jumps over the lazy dog near the river bank. "


def pdf(*pages: Iterable[str], title: str = "", password: str = "", outline: Mapping[str, int] | None = None) -> bytes:
    """Pages of lines, not compressed; `outline` names pages, counted from 0."""
    made = io.BytesIO()
    canvas = Canvas(made, pageCompression=0, encrypt=StandardEncryption(password, strength=128) if password else None)
    canvas.setTitle(title)
    for number, lines in enumerate(pages):
        for name in (name for name, page in (outline or {}).items() if page == number):
            canvas.bookmarkPage(name)
            canvas.addOutlineEntry(name, name, level=0)
        text = canvas.beginText(50, 780)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def flowing_pdf(paragraphs: Iterable[str], styles: Iterable[str] | None = None) -> bytes:
    """Paragraphs on as many pages as they take, in running text or in styles of these names."""
    made, known, texts = io.BytesIO(), getSampleStyleSheet(), list(paragraphs)
    named = list(styles) if styles else ["Normal"] * len(texts)
    SimpleDocTemplate(made).build([Paragraph(text, known[name]) for text, name in zip(texts, named, strict=True)])
    return made.getvalue()


def picture_pdf(text: str) -> bytes:
    """A page that is nothing but a picture of `text`."""
    return mixed_pdf([None], text)


def mixed_pdf(pages: Iterable[Iterable[str] | None], text: str = "Foxes eat mice") -> bytes:
    """Pages of lines; those that are `None` are nothing but a picture of `text`."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader

    image = Image.new("L", (1200, 1000), 255)
    ImageDraw.Draw(image).text((40, 60), text, fill=0, font=ImageFont.load_default(size=60))
    made = io.BytesIO()
    canvas = Canvas(made)
    for lines in pages:
        if lines is None:
            canvas.drawImage(ImageReader(image), 50, 300, width=480, height=400)
        for at, line in enumerate(lines or ()):
            canvas.drawString(50, 780 - 20 * at, line)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("The report", 0)
    document.add_paragraph("Before any heading.")
    document.add_heading("Results", 1)
    document.add_paragraph("First item", style="List Bullet")
    document.add_paragraph("Second item", style="List Bullet")
    document.add_heading("Details", 2)
    table = document.add_table(2, 2)
    for row, cells in enumerate((("Year", "Sales"), ("2024", "17"))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    document.add_paragraph("After the table.")
    return saved(document)


def slides() -> bytes:
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Our plan"
    first.placeholders[1].text = "Grow\nThen rest"
    first.notes_slide.notes_text_frame.text = "Smile here."
    second = show.slides.add_slide(show.slide_layouts[6])
    table = second.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Left", "Right"
    return saved(show)


def workbook() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    people = book.create_sheet("People")
    for row in (["name", "age"], ["Ann", 41], ["Bob", 6.5]):
        people.append(row)
    book.create_sheet("Alone").append([None, "only this"])
    return saved(book)


def saved(document: object) -> bytes:
    made = io.BytesIO()
    document.save(made)  # type: ignore[attr-defined]
    return made.getvalue()


CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
CHAPTER = (
    '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head>'
    "<body><h1>{0}</h1><p>It begins <b>here</b>, café.</p><h2>Part</h2><ul><li>one</li><li><p>two</p></li></ul>"
    "<table><tr><td><p>a</p></td><td>b</td></tr></table></body></html>"
)


def book(
    chapters: Mapping[str, str] | None = None, *, package: str = "", parts: Mapping[str, str] | None = None
) -> bytes:
    """Chapters by their names, which may be any; the first is written last, so that only the spine has their order."""
    chapters = (
        {"one.xhtml": CHAPTER.format("One"), "two.xhtml": CHAPTER.format("Two")} if chapters is None else chapters
    )
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    package = package or (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>The book</dc:title></metadata><manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    written = {f"OEBPS/{name}": text for name, text in reversed(list(chapters.items()))}
    return zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package}
                  | written | dict(parts or {}))  # fmt: skip


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            packed = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=packed)
    return made.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def replaced(archive: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The archive with something else in one of its parts."""
    parts = unzipped(archive)
    if old not in parts[part]:
        raise ValueError(f"{part} does not hold {old!r}")
    return zipped({**parts, part: parts[part].replace(old, new, 1)})


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Jörg <j@example.org>", "k@example.org", "The plan"
    message["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    message.set_content("Dear K,\n\nhere is the plän.\n", charset="iso-8859-1")
    message.add_alternative("<p>Dear K, here is the HTML plan.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes()


PAGE = (
    "<!DOCTYPE html><html><head><title>The page</title></head><body>"
    "<nav><a href='/'>Home</a></nav><article><h1>Foxes</h1>"
    + f"<p>{SENTENCE * 3}</p><h2>Food</h2><p>{SENTENCE * 4}</p><ul><li>mice</li><li>berries</li></ul>"
    + f"<p>{SENTENCE * 3}</p></article><script>alert(1)</script><footer>Imprint</footer></body></html>"
)
MARKDOWN = (
    '---\ntitle: "The notes"\n---\n\nIntro.\n\n# First *part*\n\nText.\n\n```\n# no heading\n```\n\n'
    "Second `part`\n---\n\n> # quoted\n\nThe end.\n"
)

SAMPLES: dict[str, bytes] = {
    "report.pdf": pdf(["Foxes eat mice.", SENTENCE], ["Page two."], title="Foxes"),
    "report.docx": word(),
    "show.pptx": slides(),
    "people.xlsx": workbook(),
    "book.epub": book(),
    "page.html": PAGE.encode(),
    "notes.md": MARKDOWN.encode(),
    "people.csv": b'name;age\r\nAnn;41\r\n"Bob; jr";6\r\n',
    "plain.txt": "Café.\r\n\r\n\r\n\r\nNext.\x0cLast\x00.".encode(),
    "letter.eml": mail(),
}
