"""Markdown: its source as it stands, under the headings a Markdown parser finds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from parley_ingest.parsing.decoding import decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.normal import normal

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
# Headings are found in blocks; what stands in a line matters for the names of headings alone.
_blocks = MarkdownIt("commonmark").disable("inline")
_inline = MarkdownIt("commonmark")


def read(file: BinaryIO, draft: Draft) -> None:
    text = normal(decoded(file.read(), draft)) + "\n"
    if front := _FRONT_MATTER.match(text):
        title = _TITLE.search(front[1])
        draft.title = title[1] if title else ""
        text = text[front.end() :]
    lines, written = text.split("\n"), 0
    for first, after, level, name in _headings(text):
        draft.block("\n".join(lines[written:first]))
        draft.heading("\n".join(lines[first:after]), level, name=name)
        written = after
    draft.block("\n".join(lines[written:]))


def _headings(text: str) -> Iterator[tuple[int, int, int, str]]:
    """First line, the line after, level and name of each heading that stands in no list or quotation."""
    tokens = _blocks.parse(text)
    for token, content in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, after = token.map
            yield first, after, int(token.tag[1:]), _name(content.content)


def _name(content: str) -> str:
    """A heading without its marks."""
    parts: list[Token] = _inline.parseInline(content)[0].children or []
    return "".join(part.content for part in parts if part.type in ("text", "code_inline", "image"))
