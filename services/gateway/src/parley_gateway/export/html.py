"""One HTML page that needs nothing else: styles and charts inside, no script, no address, fit to be printed.

The template escapes every text, and the page's own policy forbids whatever could be loaded or run besides.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from parley_gateway.export.charts import Chart
from parley_gateway.export.drawing import remark
from parley_gateway.export.report import Report
from parley_gateway.export.svg import svg
from parley_gateway.export.text import is_number, shown


def render(report: Report) -> bytes:
    places = {query.id: query for query in report.queries}
    cited = {(source.query_id, source.row, source.column) for source in report.sources}
    page = _template().render(report=report, places=places, cited=cited, limit=report.limits.cell)
    return page.encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("parley_gateway.export", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(shown=shown, is_number=is_number, remark=remark, picture=_picture)
    return environment.get_template("report.html.jinja")


def _picture(chart: Chart) -> Markup:
    # The element is made by a renderer that escapes the texts of the chart.
    return Markup(svg(chart))  # noqa: S704
