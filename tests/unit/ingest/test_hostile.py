"""Files that are broken, or meant to break their reader: a reason with a code, or what they say; nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parley_common.confined.asking import NoAnswer, ask
from parley_common.documents import kind_of
from parley_common.errors import PermanentError
from parley_ingest.parsing.failures import Reason, UnreadableDocument
from parley_ingest.parsing.reading import CHILD
from parley_ingest.parsing.settings import ParsingSettings

from .conftest import Read, left
from .forking import Forks
from .making import CHAPTER, MARKDOWN, SAMPLES, book, pdf, replaced, unzipped, zipped

CODES = {f"document_{reason}" for reason in get_args(Reason)}
LAUGHS = (
    "<!DOCTYPE lol [<!ENTITY a 'lol lol lol lol lol'>"
    + "".join(f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
SECRET = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
DEEP = 100_000


def bomb(part: str, size: int, **parts: str) -> bytes:
    """An archive whose part unpacks to `size` bytes of blanks."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(part, "w") as file:
            for _ in range(size >> 20):
                file.write(b" " * 2**20)
    return made.getvalue()


def lying_bomb() -> bytes:
    """An entry that unpacks to 10 MB and says it has 1,000 bytes."""
    content = bytearray(bomb("word/document.xml", 10 << 20, **{"[Content_Types].xml": "<Types/>"}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rfind(mark)
        content[at + offset : at + offset + 4] = struct.pack("<I", 1_000)
    return bytes(content)


def locked(content: bytes) -> bytes:
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def objects(*bodies: str, root: int = 1) -> bytes:
    """A PDF of these objects, numbered from 1, without a table of them."""
    written = "".join(f"{n} 0 obj\n{body}\nendobj\n" for n, body in enumerate(bodies, start=1))
    return f"%PDF-1.4\n{written}trailer << /Root {root} 0 R /Size {len(bodies) + 1} >>\n%%EOF".encode()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
CYCLES = {
    "page tree": objects(CATALOG, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000 >>"),
    "parents": objects(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>",
        "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>",
    ),
    "length": objects(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] >>",
        "<< /Length 4 0 R >>\nstream\nBT ET\nendstream",
    ),
    "forms": objects(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >> >>",
        "<< /Length 5 >>\nstream\n/A Do\nendstream",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >> /Length 5 >>\n"
        "stream\n/A Do\nendstream",
    ),
}
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {0} {0}] >>"
HOSTILE: dict[str, tuple[str, bytes | Callable[[], bytes], set[str]]] = {
    "nothing": ("a.pdf", b"", {"empty"}),
    "blanks": ("a.txt", b"\xef\xbb\xbf \n\n", {"empty"}),
    "a program called pdf": ("a.pdf", b"MZ\x90\0\3\0\0\0\4", {"unsupported"}),
    "a picture": ("a.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, {"unsupported"}),
    "an old document": ("a.doc", OLE, {"unsupported"}),
    "a protected document": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), {"encrypted"}),
    "a protected archive": ("a.xlsx", locked(SAMPLES["people.xlsx"]), {"encrypted"}),
    "a book for its buyer alone": (
        "a.epub",
        zipped(
            {
                **unzipped(SAMPLES["book.epub"]),
                "META-INF/encryption.xml": '<encryption><CipherReference URI="OEBPS/one.xhtml"/></encryption>',
            }
        ),
        {"encrypted"},
    ),
    "a protected slide show": ("a.pptx", locked(SAMPLES["show.pptx"]), {"encrypted"}),
    "a protected pdf": ("a.pdf", pdf(["Secret"], password="secret"), {"encrypted"}),
    "pdf in name alone": ("a.pdf", b"Some text.", {"unsupported"}),
    "pdf for a few letters": ("a.pdf", b"%PDF-1.7 and then nothing of the kind", {"corrupt"}),
    "pdf without pages": ("a.pdf", objects(CATALOG, "<< /Type /Pages /Kids [] /Count 0 >>"), {"corrupt", "empty"}),
    "pdf with a huge page": (
        "a.pdf",
        objects(CATALOG, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE.format("1e9")),
        {"scanned"},
    ),
    **{
        f"pdf with a circle of {what}": ("a.pdf", content, {"corrupt", "empty", "scanned"})
        for what, content in CYCLES.items()
    },
    "pdf nested in itself": (
        "a.pdf",
        objects(
            CATALOG, "<< /Type /Pages /Kids [3 0 R] /Count 1 /X " + "[" * DEEP + "]" * DEEP + " >>", PAGE.format(9)
        ),
        {"corrupt", "empty", "scanned", "too_large"},
    ),
    "archive bomb": (
        "a.docx",
        lambda: bomb("word/document.xml", 220 << 20, **{"[Content_Types].xml": "<Types/>"}),
        {"too_large"},
    ),
    "an archive called a slide show": (
        "a.pptx",
        zipped({"[Content_Types].xml": "<Types/>"}),
        {"corrupt", "unsupported"},
    ),
    "lying archive bomb": ("a.docx", lying_bomb, {"corrupt"}),
    "laughing package": (
        "a.epub",
        book(package=LAUGHS + "<package><metadata><title>&j;</title></metadata><manifest/><spine/></package>"),
        {"empty", "corrupt"},
    ),
    "cells far apart": (
        "a.xlsx",
        replaced(
            SAMPLES["people.xlsx"],
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        ),
        {"too_large"},
    ),
    "deep page": ("a.html", b"<div>" * DEEP + b"x" + b"</div>" * DEEP, {"too_large"}),
    "deep table": ("a.html", b"<table><tr><td>" * DEEP + b"x", {"too_large"}),
    "deep chapter": ("a.epub", book({"a.xhtml": CHAPTER.format("<i>" * DEEP)}), {"too_large"}),
    "deep document": (
        "a.docx",
        replaced(
            SAMPLES["report.docx"],
            "word/document.xml",
            b"<w:sectPr",
            b"<w:ins>" * DEEP + b"</w:ins>" * DEEP + b"<w:sectPr",
        ),
        {"corrupt", "too_large"},
    ),
    "deep mail": (
        "a.eml",
        b"From: a\nSubject: b\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000))
        + b"\nx",
        {"too_large"},
    ),
    "scripted drawing": (
        "a.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + LAUGHS.encode() + b"</svg>",
        {"unsupported"},
    ),
    "too many attachments": (
        "a.eml",
        b"From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: application/pdf\n\nx\n" * 200
        + b"--b--\n",
        {"too_large"},
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_file_is_refused_with_a_reason(forks: Forks, what: str) -> None:
    filename, content, reasons = HOSTILE[what]
    made = content if isinstance(content, bytes) else content()
    try:
        document = forks.read(made, filename)
    except NoAnswer as error:
        assert (error.end, reasons) == ("out_of_memory", {"too_large"})  # noqa: PT017
    except UnreadableDocument as error:
        assert error.code.removeprefix("document_") in reasons  # noqa: PT017
        assert error.detail.endswith(".")  # noqa: PT017
    else:
        pytest.fail(f"it was read: {document.text[:200]}")


def laughing(filename: str, part: str, root: str) -> bytes:
    """One of the samples with a part whose text and attributes would be gigabytes."""
    text = unzipped(SAMPLES[filename])[part].decode()
    text = text.replace(f"<{root}", f'{LAUGHS}<{root} laugh="&j;"', 1).replace(">", ">&j;", 3)
    return zipped({**unzipped(SAMPLES[filename]), part: text})


LAUGHING = [
    ("report.docx", "word/document.xml", "w:document"),
    ("report.docx", "[Content_Types].xml", "Types"),
    ("show.pptx", "ppt/slides/slide1.xml", "p:sld"),
    ("people.xlsx", "xl/workbook.xml", "workbook"),
    ("people.xlsx", "xl/worksheets/sheet1.xml", "worksheet"),
    ("book.epub", "OEBPS/book.opf", "package"),
    ("book.epub", "META-INF/container.xml", "container"),
    ("book.epub", "OEBPS/one.xhtml", "html"),
]


@pytest.mark.parametrize(("filename", "part", "root"), LAUGHING)
def test_entities_never_grow(forks: Forks, filename: str, part: str, root: str) -> None:
    """Read without them or refused, in an eighth of the memory they would take."""
    content = laughing(filename, part, root)
    assert outcome(lambda: forks.read(content, filename, document_memory=2**28)) in {"read", "document_corrupt"}


HARMLESS: dict[str, tuple[str, bytes]] = {
    "deep quotation": ("a.md", b">" * DEEP + b" x"),
    "deep list": ("a.md", b"".join(b" " * n + b"- x\n" for n in range(200))),
    "open brackets": ("a.md", b"# " + b"[" * 20_000 + b"\n\ntext"),
    "one quotation mark": ("a.csv", b'a,b\n"1,2\n' + b"3,4\n" * 10_000),
    "names that lead out of the archive": (
        "a.epub",
        book({"../../../../etc/passwd": CHAPTER.format("A"), "a.xhtml": CHAPTER.format("B")}),
    ),
    "a chapter that laughs": ("a.epub", book({"a.xhtml": LAUGHS + CHAPTER.format("&j;")})),
    "a page that laughs": ("a.html", (LAUGHS + CHAPTER.format("&j;")).encode()),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_odd_but_harmless_file_is_read(forks: Forks, what: str) -> None:
    filename, content = HARMLESS[what]
    assert 0 < len(forks.read(content, filename).text) < 2 * len(content) + 1_000


def test_no_file_of_this_machine_gets_into_a_document(forks: Forks) -> None:
    entity = "<p>&a; stays here</p>"
    page = SECRET + CHAPTER.format("One").replace("</body>", f"{entity}</body>")
    document = forks.read(book({"a.xhtml": page, "../../../../../../../etc/passwd": page}), "a.epub")
    assert "stays here" in document.text
    assert "root:" not in document.text
    assert document.notes == ["1 parts that the book lists are not in it."]


LIMITS: dict[str, tuple[str, bytes, dict[str, Any], str]] = {
    "pages": ("a.pdf", pdf(*([["x"]] * 4)), {"document_pages": 3}, "too_large"),
    "chapters": ("a.epub", SAMPLES["book.epub"], {"document_pages": 1}, "too_large"),
    "characters": ("a.txt", b"x" * 101, {"document_characters": 100}, "too_large"),
    "nesting": ("a.html", b"<div>" * 30 + b"x", {"document_nesting": 20}, "too_large"),
    "attachments": ("a.eml", SAMPLES["letter.eml"], {"document_attachments": 0}, "too_large"),
    "unpacked": (
        "a.docx",
        replaced(SAMPLES["report.docx"], "word/document.xml", b"<w:sectPr", b" " * 2**20 + b"<w:sectPr"),
        {"document_unpacked": 2**20},
        "too_large",
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_limit_holds(forks: Forks, limit: str) -> None:
    filename, content, given, reason = LIMITS[limit]
    with pytest.raises(UnreadableDocument) as error:
        forks.read(content, filename, **given)
    assert error.value.code == f"document_{reason}"


LIMITS_OF_THE_PROCESS: dict[str, tuple[str, bytes, dict[str, Any], str]] = {
    "wall": ("a.md", MARKDOWN.encode() * 1_000, {"document_wall": 0.01}, "too_slow"),
    "processor": ("a.md", b"# x\n\n" * 1_000_000, {"document_cpu": 1, "document_characters": 10**8}, "too_slow"),
    "memory": ("a.csv", b"1\n" * 6_000_000, {"document_memory": 2**28}, "too_large"),
}


@pytest.mark.parametrize("limit", LIMITS_OF_THE_PROCESS)
async def test_limit_of_the_process_holds_and_nothing_is_left(read: Read, folder: Path, limit: str) -> None:
    filename, content, given, reason = LIMITS_OF_THE_PROCESS[limit]
    with pytest.raises(UnreadableDocument) as error:
        await read(content, filename, **given)
    assert error.value.code == f"document_{reason}"
    assert left(folder) == ["upload"]


async def test_answer_that_is_too_long_is_none(folder: Path) -> None:
    with pytest.raises(NoAnswer) as error:
        await asked(folder, {"filename": "a.txt", "limits": asdict(ParsingSettings().limits)}, answer_bytes=100)
    assert error.value.end == "too_long"


async def test_defect_of_the_reader_is_no_fault_of_the_document(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="KeyError"):
        await asked(folder, {"limits": asdict(ParsingSettings().limits)}, answer_bytes=100)


async def asked(folder: Path, given: dict[str, Any], *, answer_bytes: int) -> dict[str, Any]:
    path, scratch = folder / "upload", folder / "scratch"
    path.write_text("A text.")
    scratch.mkdir()
    bounds = ParsingSettings().limits.bounds
    return await ask(CHILD, path, given=given, scratch=scratch, bounds=bounds, wall=60, answer_bytes=answer_bytes)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut off, a few bytes changed, or a piece of it repeated or gone."""
    at, length = draw(st.integers(0, len(content) - 1)), draw(st.integers(1, 64))
    match draw(st.sampled_from(["cut", "change", "repeat", "remove"])):
        case "cut":
            return content[: at + 1]
        case "change":
            return content[:at] + draw(st.binary(min_size=1, max_size=8)) + content[at + length :]
        case "repeat":
            return content[:at] + content[at : at + length] * 3 + content[at + length :]
    return content[:at] + content[at + length :]


@st.composite
def damaged_inside(draw: st.DrawFn, content: bytes) -> bytes:
    """An archive whose own form is whole: one of its parts is damaged."""
    parts = unzipped(content)
    part = draw(st.sampled_from(sorted(name for name, text in parts.items() if text)))
    return zipped({**parts, part: draw(damaged(parts[part]))})


FUZZED = [
    (name, inside) for name, made in SAMPLES.items() for inside in (False, True) if not inside or made[:2] == b"PK"
]
# The same every time: a suite that finds something new is one to run longer, not one that fails now and then.
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(("filename", "inside"), FUZZED)
@FEW
@given(data=st.data())
def test_damaged_file_is_read_or_refused_with_a_reason(
    forks: Forks, data: st.DataObject, filename: str, inside: bool
) -> None:
    content = data.draw((damaged_inside if inside else damaged)(SAMPLES[filename]))
    assert outcome(lambda: forks.read(content, filename)) in {*CODES, "read"}


@settings(max_examples=200, deadline=None)
@given(head=st.binary(max_size=200) | st.sampled_from(list(SAMPLES.values())), filename=st.text(max_size=20))
def test_any_bytes_are_of_some_kind_or_refused(head: bytes, filename: str) -> None:
    assert outcome(lambda: kind_of(head, filename)) in {*CODES, "read"}


def outcome(act: Callable[[], object]) -> str:
    """`read`, or the code of a refusal; any other error is a failure of the test."""
    try:
        act()
    except NoAnswer:
        return "document_corrupt"
    except PermanentError as error:
        return error.code
    return "read"
