"""A finished research job as a file to keep, pass on or run again: text, page, document, workbook, notebook or data."""

from parley_gateway.export.exported import Exported
from parley_gateway.export.formats import Format, export
from parley_gateway.export.limits import Limits

__all__ = ["Exported", "Format", "Limits", "export"]
