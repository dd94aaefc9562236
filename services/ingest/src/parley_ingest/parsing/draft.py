"""A canonical text in the making: blocks and lines in their order, under headings and on pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from parley_ingest.parsing.failures import unreadable
from parley_ingest.parsing.limits import Limits
from parley_ingest.parsing.normal import normal, one_line

LONGEST_TITLE = 300
LONGEST_HEADING = 200
SECTIONS = 50_000
SENTENCE_ENDS = ".!?:;\"'”’»)]…。！？"


@dataclass
class Draft:
    """What readers write to. `title`, `pages` and `notes` they may set; what they add counts against the limits."""

    limits: Limits
    title: str = ""
    pages: int | None = None
    notes: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _first: str = ""
    _path: list[tuple[int, str]] = field(default_factory=list)
    _page: int | None = None
    _sections: list[dict[str, Any]] = field(default_factory=list)
    _begins: bool = True
    _in_lines: bool = False

    def page(self, number: int) -> None:
        """What follows is on this page."""
        if number > self.limits.pages:
            raise unreadable("too_large", f"The document has more than {self.limits.pages} pages.")
        self._page, self._begins = number, True

    def heading(self, text: str, level: int, *, name: str | None = None) -> None:
        """What follows stands under it; `name` is what to call it if its text is not plain."""
        if not (shown := one_line(text if name is None else name)):
            return
        self._first = self._first or shown
        self.under(shown, level)
        self.block(text)

    def under(self, name: str, level: int) -> None:
        """The same for a heading that the text itself does not show."""
        self._path = [outer for outer in self._path if outer[0] < level]
        self._path.append((level, one_line(name)[:LONGEST_HEADING]))
        self._begins = True

    def block(self, text: str) -> None:
        """A paragraph or anything else that stands apart."""
        if self._add(normal(text).strip("\n"), "\n\n"):
            self._in_lines = False

    def line(self, text: str) -> None:
        """A row or an item: apart from blocks, close to other lines."""
        if self._add(normal(text).strip("\n"), "\n" if self._in_lines else "\n\n"):
            self._in_lines = True

    def flow(self, text: str) -> None:
        """What goes on after the end of a page, perhaps in the middle of a sentence."""
        ended = not self._parts or self._parts[-1][-1] in SENTENCE_ENDS
        self._add(normal(text).strip("\n"), "\n" if ended else " ")

    def finished(self, name: str) -> dict[str, Any]:
        """The fields of a `Canonical`; `name` is its title if nothing better was found. Raises if there is no text."""
        if not self._sections:
            raise unreadable("empty", "The document holds no text.")
        text = "".join(self._parts)
        self._sections[-1]["end"] = len(text)
        title = one_line(self.title) or self._first or one_line(name) or "Document"
        return {
            "text": text,
            "title": title[:LONGEST_TITLE],
            "sections": self._sections,
            "pages": self.pages,
            "notes": self.notes,
        }

    def _add(self, text: str, gap: str) -> bool:
        if not text.strip():
            return False
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        if self._begins:
            self._begin()
        self._parts.append(text)
        self._length += len(text)
        if self._length > self.limits.characters:
            raise unreadable("too_large", f"The document has more than {self.limits.characters} characters of text.")
        return True

    def _begin(self) -> None:
        if self._sections:
            self._sections[-1]["end"] = self._length
        if len(self._sections) == SECTIONS:
            raise unreadable("too_large", f"The document has more than {SECTIONS} sections.")
        heading = [name for _, name in self._path]
        self._sections.append({"start": self._length, "end": self._length, "heading": heading, "page": self._page})
        self._begins = False
