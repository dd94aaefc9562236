"""Real documents: pages of Debian's documentation packages, and the same as DOCX and as PDF.

`python -m bench.retrieval.manuals PACKAGES FOLDER` makes the latter two with pandoc and LibreOffice of what the
packages hold that were unpacked into the first folder; `deploy/setup.sh manuals` does all of it, once.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree, html

FOLDER = Path(__file__).parents[2] / ".cache" / "manuals"
FORMATS = ("html", "docx", "pdf")
# Where each package keeps pages that people read from beginning to end.
_PAGES = {
    "python": "usr/share/doc/python3.11/html/*/*.html",
    "policy": "usr/share/doc/debian-policy/policy.html/*.html",
    "postgresql": "usr/share/doc/postgresql-doc-15/html/*.html",
}
_PAGES_EACH = 5
_CHARACTERS = range(6_000, 40_000)
_SECTIONS = 4
# Shorter, there is little to find.
_SHORTEST = 100
# Letters and digits in a row that no other section of the page has.
_STRETCH = 50
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NUMBER = re.compile(r"^(?:Chapter )?(?:[A-Z]\.)?\d[\d.]*\s+")


@dataclass(frozen=True)
class Section:
    """A part of a page: `question` is its heading, `body` its own letters and digits, in lower case."""

    page: str
    question: str
    body: str

    def is_shown_by(self, page: str, text: str) -> bool:
        """Whether a passage of that page, squeezed as well, holds a stretch of this section."""
        starts = range(0, len(self.body) - _STRETCH + 1, _STRETCH // 2)
        return page == self.page and any(self.body[at : at + _STRETCH] in text for at in starts)


def squeezed(text: str) -> str:
    """What of a text survives any conversion."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def files(kind: str, folder: Path = FOLDER) -> list[Path]:
    """The pages as files of one format. Ends the program where they have not been made."""
    found = sorted((folder / kind).glob("*"))
    if not found:
        sys.exit(f"There are no manuals in {folder}: `deploy/setup.sh manuals` makes them.")
    return found


def sections(folder: Path = FOLDER) -> list[Section]:
    """The sections whose headings no other one has, so that each heading asks for one place."""
    known = [each for page in files("html", folder) for each in _sections(page.stem, _main(page))]
    times = Counter(squeezed(each.question) for each in known)
    return [each for each in known if times[squeezed(each.question)] == 1 and _asks(each)]


def build(packages: Path, folder: Path) -> None:
    """Choose pages by the hash of their names, the same on any machine, and convert them."""
    for kind in FORMATS:
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for package, pattern in _PAGES.items():
        for page in _chosen(sorted(packages.glob(pattern))):
            name = f"{package}-{page.stem}"
            (folder / "html" / f"{name}.html").write_bytes(page.read_bytes())
            _as_docx(page, folder / "docx" / f"{name}.docx")
    _as_pdf(sorted((folder / "docx").iterdir()), folder / "pdf")


def _chosen(pages: Sequence[Path]) -> list[Path]:
    shuffled = sorted(pages, key=lambda page: hashlib.sha256(page.name.encode()).digest())
    found: list[Path] = []
    for page in shuffled:
        if len(found) < _PAGES_EACH and _is_manual(page):
            found.append(page)
    return found


def _is_manual(page: Path) -> bool:
    main = _main(page)
    asking = [each for each in _sections(page.stem, main) if _asks(each)]
    return len(main.text_content()) in _CHARACTERS and len(asking) >= _SECTIONS


def _asks(section: Section) -> bool:
    return len(section.question.split()) > 1 and len(section.body) >= _SHORTEST


def _main(page: Path) -> Any:
    """The page without what leads to other pages."""
    root: Any = html.document_fromstring(page.read_bytes())
    for element in root.xpath("//a[@class='headerlink'] | //div[@class='navheader' or @class='navfooter']"):
        element.drop_tree()
    return next(iter(root.xpath("//div[@role='main']")), root.body)


def _sections(page: str, main: Any) -> Iterator[Section]:
    heading, body, inside = list[str](), list[str](), 0
    for event, element in etree.iterwalk(main, events=("start", "end")):
        is_heading = element.tag in _HEADINGS
        if event == "start":
            if is_heading:
                yield _section(page, heading, body)
                heading, body = [], []
            inside += is_heading
            (heading if inside else body).append(element.text or "")
        else:
            inside -= is_heading
            (heading if inside else body).append(element.tail or "")
    yield _section(page, heading, body)


def _section(page: str, heading: Sequence[str], body: Sequence[str]) -> Section:
    return Section(page, _NUMBER.sub("", " ".join("".join(heading).split())), squeezed("".join(body)))


def _as_docx(page: Path, to: Path) -> None:
    content = etree.tostring(_main(page), encoding="unicode", method="html")
    command = ["pandoc", "--from=html", f"--output={to.absolute()}"]
    subprocess.run(command, input=content, text=True, check=True, cwd=page.parent, capture_output=True)  # noqa: S603


def _as_pdf(documents: Sequence[Path], to: Path) -> None:
    with TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", to, *documents], check=True, capture_output=True)  # noqa: S603
    if missing := {each.stem for each in documents} - {each.stem for each in to.iterdir()}:
        raise RuntimeError(f"LibreOffice made no PDF of {', '.join(sorted(missing))}")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
