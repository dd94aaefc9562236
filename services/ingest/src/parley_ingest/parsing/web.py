"""HTML: the main content where there is one to be found, otherwise all of the page's text."""

from __future__ import annotations

from typing import Any, BinaryIO

from trafilatura import extract

from parley_ingest.parsing.decoding import page_decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.page import write_page
from parley_ingest.parsing.trees import parsed_page

# With less than this share of the page's text the main content was missed, with more there is nothing to leave out;
# the page itself says better how it is structured.
SHARE = 0.3, 0.99


def read(file: BinaryIO, draft: Draft) -> None:
    root = parsed_page(page_decoded(file.read(), draft), draft.limits)
    if root is not None:
        draft.title = root.findtext(".//title") or ""
        write_html(root, draft)


def write_html(root: Any, draft: Draft) -> None:
    """What a page says without its menus and banners."""
    main = _main_content(root, draft)
    write_page(root if main is None else main, draft)


def _main_content(root: Any, draft: Draft) -> Any:
    try:
        found = extract(root, output_format="html", include_comments=False, include_formatting=True, favor_recall=True)
    except RecursionError:
        return None
    main = parsed_page(found, draft.limits) if found else None
    share = 0.0 if main is None else len(_said(main)) / max(len(_said(root)), 1)
    return main if SHARE[0] <= share <= SHARE[1] else None


def _said(root: Any) -> str:
    body = root.find("body")
    texts = (root if body is None else body).xpath(".//text()[not(ancestor::script or ancestor::style)]")
    return "".join("".join(texts).split())
