"""HTML: the main content where there is one to be found, otherwise all of the page's text."""

from __future__ import annotations

import codecs
import re
from typing import Any, BinaryIO

from trafilatura import extract

from parley_ingest.parsing.decoding import decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.page import write_page
from parley_ingest.parsing.trees import parsed_page

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
# A page whose main content is less than this share of its text has no main content.
ENOUGH = 0.3


def read(file: BinaryIO, draft: Draft) -> None:
    root = parsed_page(page_text(file.read(), draft), draft.limits)
    if root is not None:
        draft.title = root.findtext(".//title") or ""
        write_html(root, draft)


def write_html(root: Any, draft: Draft) -> None:
    """What a page says without its menus and banners."""
    main = _main_content(root, draft)
    write_page(root if main is None else main, draft)


def page_text(data: bytes, draft: Draft) -> str:
    """The page in the encoding it names, if it is one."""
    if named := _CHARSET.search(data[:2048]):
        name = named[1].decode("ascii", "replace")
        try:
            return data.decode(codecs.lookup(name).name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data, draft)


def _main_content(root: Any, draft: Draft) -> Any:
    try:
        found = extract(root, output_format="html", include_comments=False, include_formatting=True, favor_recall=True)
    except RecursionError:
        return None
    main = parsed_page(found, draft.limits) if found else None
    if main is None or len(_said(main)) < ENOUGH * len(_said(root)):
        return None
    return main


def _said(root: Any) -> str:
    body = root.find("body")
    return "".join("".join((root if body is None else body).itertext()).split())
