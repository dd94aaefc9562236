"""A document of each format, read in a process of its own: what it says, under which headings, on which pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unicodedata import is_normalized

import psutil
import pytest

from parley_ingest.domain.document import Canonical
from parley_ingest.parsing import reading
from parley_ingest.parsing.failures import UnreadableDocument
from parley_ingest.parsing.settings import ParsingSettings

from .conftest import Read, left
from .forking import Forks
from .making import CHAPTER, SAMPLES, book, flowing_pdf, mail, mixed_pdf, pdf, picture_pdf, replaced

Part = tuple[tuple[str, ...], int | None, str]


def parts(document: Canonical) -> list[Part]:
    """Path of headings, page and text of each section."""
    return [(s.heading, s.page, document.text[s.start : s.end].strip()) for s in document.sections]


FOX = "The quick brown fox jumps over the lazy dog near the river bank."
SAID: dict[str, tuple[str, int | None, list[Part]]] = {
    "report.pdf": ("Foxes", 2, [((), 1, f"Foxes eat mice.\n{FOX}"), ((), 2, "Page two.")]),
    "report.docx": (
        "The report",
        None,
        [
            ((), None, "The report\n\nBefore any heading."),
            (("Results",), None, "Results\n\n- First item\n- Second item"),
            (("Results", "Details"), None, "Details\n\nYear | Sales\n2024 | 17\n\nAfter the table."),
        ],
    ),
    "show.pptx": (
        "Our plan",
        2,
        [
            (("Our plan",), 1, "Our plan\n\nGrow\nThen rest\n\nNotes: Smile here."),
            (("Slide 2",), 2, "Left | Right"),
        ],
    ),
    "people.xlsx": (
        "people",
        None,
        [(("People",), None, "name: Ann; age: 41\nname: Bob; age: 6.5"), (("Alone",), None, "only this")],
    ),
    "book.epub": (
        "The book",
        None,
        [
            part
            for name in ("One", "Two")
            for part in (
                ((name,), None, f"{name}\n\nIt begins here, café."),
                ((name, "Part"), None, "Part\n\n- one\n- two\na | b"),
            )
        ],
    ),
    "page.html": (
        "The page",
        None,
        [
            (("Foxes",), None, f"Foxes\n\n{FOX} {FOX} {FOX}"),
            (
                ("Foxes", "Food"),
                None,
                f"Food\n\n{FOX} {FOX} {FOX} {FOX}\n\n- mice\n- berries\n\n{FOX} {FOX} {FOX}",
            ),
        ],
    ),
    "notes.md": (
        "The notes",
        None,
        [
            ((), None, "Intro."),
            (("First part",), None, "# First *part*\n\nText.\n\n```\n# no heading\n```"),
            (("First part", "Second part"), None, "Second `part`\n---\n\n> # quoted\n\nThe end."),
        ],
    ),
    "people.csv": ("people", None, [((), None, "name: Ann; age: 41\nname: Bob; jr; age: 6")]),
    "plain.txt": ("plain", None, [((), None, "Café.\n\nNext.\nLast.")]),
    "letter.eml": (
        "The plan",
        None,
        [
            (
                ("The plan",),
                None,
                "The plan\n\nFrom: Jörg <j@example.org>\nTo: k@example.org\nDate: Mon, 01 Jan 2024 10:00:00 +0000\n\n"
                "Dear K,\n\nhere is the plän.",
            )
        ],
    ),
}


@pytest.mark.parametrize("filename", SAMPLES)
async def test_document_says_what_it_says_under_its_headings_and_on_its_pages(
    read: Read, folder: Path, filename: str
) -> None:
    document = await read(SAMPLES[filename], filename)
    assert (document.title, document.pages, parts(document)) == SAID[filename]
    assert is_normalized("NFC", document.text)
    assert left(folder) == ["upload"]


def test_attachments_are_named_and_not_read(forks: Forks) -> None:
    assert forks.read(mail(), "letter.eml").notes == ["Attachments that were not read: plan.pdf."]


def test_outline_of_a_pdf_gives_its_parts_their_headings(forks: Forks) -> None:
    content = pdf(["Preface."], ["1. Foxes", "They eat.", "2. Mice", "Eaten."], outline={"Foxes": 1, "Mice": 1})
    assert parts(forks.read(content, "a.pdf")) == [
        ((), 1, "Preface."),
        (("Foxes",), 2, "1. Foxes\nThey eat."),
        (("Mice",), 2, "2. Mice\nEaten."),
    ]


def test_without_an_outline_what_is_printed_larger_are_the_headings_of_a_pdf(forks: Forks) -> None:
    flowing = [("Heading1", "Of foxes and of mice"), ("Normal", FOX * 30), ("Heading2", "Mice"), ("Normal", FOX * 30)]
    document = forks.read(flowing_pdf([text for _, text in flowing], [style for style, _ in flowing]), "a.pdf")
    assert [heading for heading, _, _ in parts(document)] == [
        ("Of foxes and of mice",),
        ("Of foxes and of mice", "Mice"),
    ]
    assert document.text.startswith("Of foxes and of mice\n")


def test_large_print_that_is_everywhere_or_on_every_page_is_no_heading(forks: Forks) -> None:
    styles = ["Heading1", "Normal"] * 12
    repeated = [text for _ in range(12) for text in ("Acme Annual Report", FOX * 60)]
    for texts, sorts in (
        (["One", "Two", "Words on a slide"], ["Heading1", "Heading1", "Heading2"]),
        (repeated, styles),
    ):
        assert {heading for heading, _, _ in parts(forks.read(flowing_pdf(texts, sorts), "a.pdf"))} == {()}


PICTURED = "The document has words. " * 3


async def test_pages_of_a_readable_document_that_are_pictures_are_named(read: Read, forks: Forks) -> None:
    pages = [[PICTURED], None, None, [PICTURED], None, [], ["7"]]
    assert forks.read(mixed_pdf(pages), "a.pdf").notes == ["Pages 2-3 and 5 hold only images and were not read."]
    assert forks.read(mixed_pdf([[PICTURED], None]), "a.pdf").notes == ["Page 2 holds only images and was not read."]
    document = await read(mixed_pdf([[PICTURED], None, None, None]), "a.pdf", document_ocr_pages=2)
    assert "Foxes eat mice" in document.text
    assert document.notes == [
        "Pages 2-3 hold only images: the text was recognised (OCR) and may have errors.",
        "Page 4 holds only images and was not read.",
    ]
    assert {page for _, page, text in parts(document) if "Foxes" in text} == {2, 3}


def test_lines_of_a_printed_paragraph_are_put_together_again(forks: Forks) -> None:
    first, second = FOX * 5, "An exam\u00adple of a hyphen\u00adation that goes on and on. " * 8
    text = forks.read(flowing_pdf([first, second]), "a.pdf").text
    assert text == f"{first}\n{second}".replace("\u00ad", "").strip()


def test_sentence_that_crosses_a_page_break_is_one(forks: Forks) -> None:
    text = forks.read(pdf(["Foxes eat"], ["mice."], ["Dogs eat all."]), "a.pdf").text
    assert text == "Foxes eat mice.\nDogs eat all."


def test_chapters_stand_in_the_order_of_the_spine_and_missing_ones_are_noted(forks: Forks) -> None:
    chapters = {"z.xhtml": CHAPTER.format("Z"), "a%20b.xhtml": CHAPTER.format("A")}
    document = forks.read(book(chapters), "b.epub")
    assert [heading for (heading, *_), _, _ in parts(document)] == ["Z", "Z"]
    assert document.notes == ["1 parts that the book lists are not in it."]


def test_inserted_text_of_a_word_file_is_read_and_deleted_text_is_not(forks: Forks) -> None:
    deleted = b"<w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
    changed = b"<w:p>" + deleted + b"<w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>"
    content = replaced(SAMPLES["report.docx"], "word/document.xml", b"<w:sectPr", changed + b"<w:sectPr")
    text = forks.read(content, "a.docx").text
    assert text.endswith("After the table.\n\nkept")


ENCODINGS = {
    "utf-8 with a mark": "Größe".encode("utf-8-sig"),
    "utf-16": "Größe und Länge".encode("utf-16"),
    "utf-16 without a mark": "Groesse und Laenge und mehr".encode("utf-16-le"),
    "latin": "Die Größe und die Länge sind für die Prüfung gleich, aber nicht überall.".encode("cp1252"),
    "cyrillic": ("Съешь же ещё этих мягких французских булок, да выпей чаю. " * 5).encode("cp1251"),
    "stray bytes": ("Grün " * 100).encode() + b"\xff",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_is_read_in_the_encoding_it_is_written_in(forks: Forks, encoding: str) -> None:
    text = forks.read(ENCODINGS[encoding], "a.txt").text
    assert {"cyrillic": "французских", "utf-16 without a mark": "Laenge", "stray bytes": "Grün"}.get(
        encoding, "Größe"
    ) in text


def test_table_without_a_header_keeps_all_its_rows(forks: Forks) -> None:
    assert forks.read(b"1,2\n3,4\n", "a.csv").text == "1 | 2\n3 | 4"


def test_page_without_main_content_is_read_whole(forks: Forks) -> None:
    page = b"<html><body><div><a href=x>Home</a></div><table><tr><td>Only</td><td>this</td></tr></table></body></html>"
    text = forks.read(page, "a.html").text
    assert "Only | this" in text


PROSE = "<p>A keeper counts the ships that pass and writes them down, whatever the weather is like that night.</p>" * 4


def test_page_that_marks_its_main_content_is_read_without_the_rest_and_whole(forks: Forks) -> None:
    links = "<h2>Tags</h2>" + "".join(f"<p><a href='http://elsewhere/{n}'>TAG: {n}</a></p>" for n in range(5))
    page = f"<html><body><div>Log in</div><div role=main><h1>Keeping</h1>{PROSE}{links}</div></body></html>"
    document = forks.read(page.encode(), "a.html")
    assert "TAG: 4" in document.text
    assert "Log in" not in document.text
    assert [section.heading for section in document.sections] == [("Keeping",), ("Keeping", "Tags")]


def test_headings_are_kept_where_they_are_wrapped_as_manuals_do(forks: Forks) -> None:
    def section(name: str) -> str:
        return f"<div class=sect2><div class=titlepage><div><h3 class=title>{name}</h3></div></div>{PROSE}</div>"

    page = f"<html><body id=docContent><div>{section('Ships')}{section('Lamps')}{section('Ropes')}</div></body></html>"
    document = forks.read(page.encode(), "a.html")
    assert [section.heading for section in document.sections] == [("Ships",), ("Lamps",), ("Ropes",)]


async def test_scanned_document_says_so(read: Read) -> None:
    with pytest.raises(UnreadableDocument) as error:
        await read(picture_pdf("Nothing"), "scan.pdf", document_ocr_pages=0)
    assert error.value.code == "document_scanned"
    assert "1 page" in error.value.detail
    assert "scanned" in error.value.detail


async def test_scanned_document_is_recognised(read: Read) -> None:
    document = await read(picture_pdf("Foxes eat mice"), "scan.pdf")
    assert document.text == "Foxes eat mice"
    assert any("OCR" in note for note in document.notes)


async def test_cancelled_reading_leaves_no_process_and_no_file(folder: Path) -> None:
    path = folder / "upload"
    path.write_bytes(b"# Heading\n\ntext\n\n" * 500_000)
    task = asyncio.create_task(reading.read(path, filename="a.md", settings=ParsingSettings(data=folder)))
    while not readers():  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert readers() == []
    assert left(folder) == ["upload"]


def readers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if reads(each)]


def reads(process: psutil.Process) -> bool:
    try:
        return reading.CHILD in process.cmdline()
    except psutil.NoSuchProcess:
        return False
