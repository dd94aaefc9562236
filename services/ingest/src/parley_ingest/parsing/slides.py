"""PPTX: a slide is a page under its title, with its tables and the notes below it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from lxml import etree
from pptx import Presentation
from pptx.exc import PackageNotFoundError

from parley_ingest.parsing.archives import has, opened
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, unreadable
from parley_ingest.parsing.trees import check_depth


def read(file: BinaryIO, draft: Draft) -> None:
    with opened(file, draft.limits) as archive:
        has(archive, "[Content_Types].xml", what="a PPTX presentation")
    try:
        presentation = Presentation(file)
    except ValueError:
        raise unreadable("unsupported", "The file is no PPTX presentation.") from None
    except (KeyError, PackageNotFoundError, etree.XMLSyntaxError):
        raise damaged("presentation") from None
    draft.title = presentation.core_properties.title
    for number, slide in enumerate(presentation.slides, start=1):
        draft.page(number)
        draft.pages = number
        check_depth(slide.element, draft.limits)
        _write(slide, number, draft)


def _write(slide: Any, number: int, draft: Draft) -> None:
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        draft.heading(_text(title.text_frame), 1)
    else:
        draft.under(f"Slide {number}", 1)
    _write_shapes((shape for shape in slide.shapes if shape != title), draft)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None and notes.text.strip():
        draft.block(f"Notes: {_text(notes)}")


def _write_shapes(shapes: Iterable[Any], draft: Draft) -> None:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            _write_shapes(shape.shapes, draft)
        elif shape.has_text_frame:
            draft.block(_text(shape.text_frame))
        elif shape.has_table:
            for row in shape.table.rows:
                draft.line(" | ".join(" ".join(cell.text_frame.text.split()) for cell in row.cells))


def _text(frame: Any) -> str:
    """Its paragraphs, one a line; a break within one is a line end, too."""
    return "\n".join(paragraph.text.replace("\v", "\n") for paragraph in frame.paragraphs if paragraph.text.strip())
