"""A chart as an SVG element that can stand in a web page: shapes and text alone, no script, no address."""

from __future__ import annotations

from xml.sax.saxutils import escape

from reportlab.graphics import renderSVG

from parley_gateway.export.charts import Chart
from parley_gateway.export.drawing import draw

_FONT = "Helvetica"


def svg(chart: Chart) -> str:
    """The element with the reader's own sans serif font; every text in it is escaped."""
    drawing = draw(chart, lambda text: (text, _FONT))
    # A page holds many charts: what would give each the same identifiers is left out.
    document: str = renderSVG.drawToString(drawing, fontHacks={_FONT: {"family": "sans-serif"}}, useClip=True)
    element = document[document.index("<svg") :].replace(' id="group"', "", 1)
    return element.replace("<title>...</title>", f"<title>{escape(chart.title)}</title>", 1).replace(
        "<desc>...</desc>", "", 1
    )
