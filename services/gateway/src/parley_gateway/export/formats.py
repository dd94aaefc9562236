"""The formats a result can be had in, and the one call that makes them.

Making a file is work for the processor, a second and more for a large PDF: call it in a thread. Nothing is
shared between calls but fonts and templates, which are read only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import cast

from parley_common.contracts.research import Researched
from parley_gateway.export.exported import Exported, filename
from parley_gateway.export.limits import Limits
from parley_gateway.export.report import Report, report


class Format(StrEnum):
    """Named by the usual ending of the file's name."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    NOTEBOOK = "ipynb"
    JSON = "json"


@dataclass(frozen=True)
class _Made:
    """`module` has `render(report) -> bytes`. It is imported when first asked for: the libraries behind are large."""

    media_type: str
    module: str

    @property
    def render(self) -> Callable[[Report], bytes]:
        return cast("Callable[[Report], bytes]", import_module(f"parley_gateway.export.{self.module}").render)


FORMATS = {
    Format.MARKDOWN: _Made("text/markdown; charset=utf-8", "markdown"),
    Format.HTML: _Made("text/html; charset=utf-8", "html"),
    Format.PDF: _Made("application/pdf", "pdf"),
    Format.XLSX: _Made("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    Format.NOTEBOOK: _Made("application/x-ipynb+json", "notebook"),
    Format.JSON: _Made("application/json", "document"),
}


def export(
    format: Format,
    result: Researched,
    *,
    dataset_name: str,
    dataset_hash: str,
    asked_at: datetime,
    completed_at: datetime,
    limits: Limits | None = None,
) -> Exported:
    """The result as a file. The same arguments give the same bytes; no text in them can stop it."""
    made = report(
        result,
        dataset_name=dataset_name,
        dataset_hash=dataset_hash,
        asked_at=asked_at,
        completed_at=completed_at,
        limits=limits or Limits(),
    )
    kind = FORMATS[Format(format)]
    name = filename(dataset_name, completed_at.date().isoformat(), format)
    return Exported(body=kind.render(made), media_type=kind.media_type, filename=name)
