"""EPUB: the chapters in their reading order, each an HTML page."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from parley_ingest.parsing.archives import has, opened
from parley_ingest.parsing.decoding import page_decoded
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, protected, unreadable
from parley_ingest.parsing.page import write_page
from parley_ingest.parsing.trees import parsed, parsed_page

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")


def read(file: BinaryIO, draft: Draft) -> None:
    with opened(file, draft.limits) as archive:
        has(archive, CONTAINER, what="an EPUB book")
        try:
            _write(archive, draft)
        except (KeyError, zipfile.BadZipFile, zipfile.zlib.error, NotImplementedError, EOFError):  # type: ignore[attr-defined]
            raise damaged("book") from None


def _write(archive: zipfile.ZipFile, draft: Draft) -> None:
    package = _package(archive, draft)
    root = parsed(archive.read(package), draft.limits)
    draft.title = root.findtext(".//{*}metadata/{*}title") or ""
    names, locked, missing = set(archive.namelist()), _encrypted(archive, draft), 0
    for number, chapter in enumerate(_chapters(root, posixpath.dirname(package)), start=1):
        if number > draft.limits.pages:
            raise unreadable("too_large", f"The book has more than {draft.limits.pages} chapters.")
        if chapter in locked:
            raise protected("book")
        if chapter not in names:
            missing += 1
            continue
        page = parsed_page(page_decoded(archive.read(chapter), draft), draft.limits)
        if page is not None:
            write_page(page, draft)
    if missing:
        draft.notes.append(f"{missing} parts that the book lists are not in it.")


def _package(archive: zipfile.ZipFile, draft: Draft) -> str:
    found = parsed(archive.read(CONTAINER), draft.limits).find(".//{*}rootfile")
    return "" if found is None else str(found.get("full-path"))


def _chapters(root: Any, folder: str) -> Iterator[str]:
    """The archive's names of what is read in order; those that lead out of it are in no archive."""
    listed = {item.get("id"): item for item in root.iterfind(".//{*}manifest/{*}item")}
    for reference in root.iterfind(".//{*}spine/{*}itemref"):
        item = listed.get(reference.get("idref"))
        if item is not None and item.get("media-type") in _PAGES:
            path = unquote(urlsplit(item.get("href") or "").path)
            yield posixpath.normpath(posixpath.join(folder, path))


def _encrypted(archive: zipfile.ZipFile, draft: Draft) -> set[str]:
    """What only the book's seller can decipher; fonts, which may be, too, are no chapters."""
    if ENCRYPTION not in archive.namelist():
        return set()
    root = parsed(archive.read(ENCRYPTION), draft.limits)
    return {unquote(found.get("URI") or "") for found in root.iterfind(".//{*}CipherReference")}
