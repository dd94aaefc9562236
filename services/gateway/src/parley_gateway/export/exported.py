"""The finished file and how it is handed over."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from parley_gateway.export.text import one_line

_FORBIDDEN = re.compile(r'[\\/:*?"<>|%;]+')
_LONGEST = 80


@dataclass(frozen=True)
class Exported:
    """A file: its bytes, what they are and a name that is safe on every system, possibly not ASCII."""

    body: bytes
    media_type: str
    filename: str

    @property
    def content_disposition(self) -> str:
        return attachment(self.filename)


def attachment(filename: str) -> str:
    """A Content-Disposition after RFC 6266: the name, and before it one for clients that know ASCII alone."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain.strip()}\"; filename*=UTF-8''{quote(filename, safe='')}"


def filename(dataset_name: str, day: str, suffix: str) -> str:
    """`sales research 2026-01-31.pdf` for a dataset called `sales.csv`."""
    return f"{stem(dataset_name)} research {day}.{suffix}".strip()


def stem(dataset_name: str) -> str:
    """The name of a dataset without its ending and without what file systems do not take."""
    name = _FORBIDDEN.sub(" ", one_line(dataset_name, _LONGEST))
    bare = re.sub(r"\.(csv|tsv|xlsx?|json|jsonl|ndjson|parquet)$", "", name.strip(), flags=re.IGNORECASE)
    return " ".join(bare.split()).strip(". ")
