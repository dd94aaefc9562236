"""The text of an HTML tree: headings, paragraphs, items and rows in their order."""

from __future__ import annotations

from typing import Any

from lxml import etree

from parley_ingest.parsing.draft import Draft

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = {"head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea"}
_CELLS = {"td", "th"}
_BLOCKS = set(_HEADINGS).union(
    ("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset"),
    ("figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre"),
    ("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
)


def write_page(root: Any, draft: Draft) -> None:
    """Write what `root` says, without recursion, so that no nesting is too deep for it."""
    _Walk(draft).write(root)


class _Walk:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._said: list[str] = []
        self._verbatim = 0
        self._cells = 0

    def write(self, root: Any) -> None:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start" and element.tag in _SKIPPED:
                walk.skip_subtree()
            elif event == "start":
                self._start(element)
            else:
                self._end(element)
        self._flush("")

    def _start(self, element: Any) -> None:
        if element.tag in _BLOCKS:
            self._close(_around(element))
        self._verbatim += element.tag == "pre"
        self._cells += element.tag in _CELLS
        self._say(element.text)

    def _end(self, element: Any) -> None:
        tag = element.tag
        self._cells -= tag in _CELLS
        if tag in _BLOCKS:
            self._close(_around(element) if tag in ("p", "div") else tag)
        elif tag in _CELLS:
            self._said.append(" | ")
        elif tag == "br":
            self._said.append("\n")
        self._verbatim -= tag == "pre"
        self._say(element.tail)

    def _close(self, tag: str) -> None:
        """A block ends, unless it stands in a cell: a row is one line."""
        if self._cells:
            self._said.append(" ")
        else:
            self._flush(tag)

    def _say(self, text: str | None) -> None:
        if text:
            self._said.append(text if self._verbatim else _spaced(text))

    def _flush(self, tag: str) -> None:
        """Write what was said since the last block; `tag` is the block it stands in."""
        text = "".join(self._said) if self._verbatim else _lines("".join(self._said))
        self._said.clear()
        if tag in _HEADINGS:
            self._draft.heading(text, _HEADINGS[tag])
        elif tag == "tr":
            self._draft.line(text.removesuffix(" |"))
        elif tag == "li" and text.strip():
            self._draft.line(f"- {text}")
        else:
            self._draft.block(text)


def _around(element: Any) -> str:
    """The item or heading that an element stands in."""
    parent = element.getparent()
    return str(parent.tag) if parent is not None and parent.tag in ("li", *_HEADINGS) else ""


def _spaced(text: str) -> str:
    """White space as a browser shows it, kept at the ends where other text may follow."""
    inner = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{inner}{' ' * (text[-1:].isspace() and bool(inner))}"


def _lines(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
