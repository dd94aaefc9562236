"""XML and HTML without what is dangerous in them: no entities, no network, and only so deep."""

from __future__ import annotations

from typing import Any

from lxml import etree, html

from parley_ingest.parsing.failures import damaged, unreadable
from parley_ingest.parsing.limits import Limits


def parsed(content: bytes, limits: Limits) -> Any:
    """The root of an XML document whose entities stay what they are."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise damaged() from None
    check_depth(root, limits)
    return root


def parsed_page(text: str, limits: Limits) -> Any:
    """The root of an HTML page, or `None` if nothing is in it."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.encode(), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    check_depth(root, limits)
    return root


def check_depth(root: Any, limits: Limits) -> None:
    """Raise `document_too_large` for elements nested too deeply; does not recurse itself."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.nesting:
            raise unreadable("too_large", f"The document is nested more than {limits.nesting} levels deep.")
