"""HTML: what the page says is its main content, else what looks like it and is whole, else all of the page's text."""

from __future__ import annotations

from typing import Any, BinaryIO

from trafilatura import bare_extraction

from parley_ingest.parsing.decoding import page_decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.page import write_page
from parley_ingest.parsing.trees import parsed_page

# With less than this share of the page's text the main content was missed, with more there is nothing to leave out;
# the page itself says better how it is structured.
SHARE = 0.3, 0.99
# Nor is it the main content if it is without nearly all of the headings: manuals lose theirs with their wrapping.
HEADINGS = 0.25
_BESIDES = "ancestor::nav or ancestor::aside or ancestor::footer"
# Links that headings have to themselves.
_ANCHORS = ("#", "¶", "§")
# What trafilatura calls things, and what they are in HTML.
_TAGS = {"list": "ul", "item": "li", "row": "tr", "cell": "td", "lb": "br", "quote": "blockquote"}


def read(file: BinaryIO, draft: Draft) -> None:
    root = parsed_page(page_decoded(file.read(), draft), draft.limits)
    if root is None:
        return
    draft.title = root.findtext(".//title") or ""
    for link in list(root.iter("a")):
        if link.text_content().strip() in _ANCHORS and link.getparent() is not None:
            link.drop_tree()
    main = _main_content(root)
    write_page(root if main is None else main, draft)


def _main_content(root: Any) -> Any:
    said = len(_said(root)) or 1
    for marked in root.xpath("//main | //*[@role='main']"):
        if len(_said(marked)) / said >= SHARE[0]:
            return marked
    found = _extracted(root)
    if found is None or not SHARE[0] <= len(_said(found)) / said <= SHARE[1]:
        return None
    return found if _headings(found) >= HEADINGS * _headings(root) else None


def _extracted(root: Any) -> Any:
    try:
        found: Any = bare_extraction(root, include_comments=False, include_formatting=True, favor_recall=True)
    except RecursionError:
        return None
    return None if found is None or found.body is None else _as_html(found.body)


def _headings(root: Any) -> int:
    """How many, but for those of what stands beside the content."""
    return len(root.xpath(f".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][not({_BESIDES})]"))


def _as_html(body: Any) -> Any:
    for element in body.iter():
        if element.tag == "head":
            element.tag = element.get("rend", "h2")
        elif element.tag == "code":
            element.tag = "pre" if "\n" in (element.text or "") else "span"
        else:
            element.tag = _TAGS.get(element.tag, element.tag)
    return body


def _said(root: Any) -> str:
    body = root.find("body")
    texts = (root if body is None else body).xpath(".//text()[not(ancestor::script or ancestor::style)]")
    return "".join("".join(texts).split())
