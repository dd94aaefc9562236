"""Plain text, as it stands."""

from __future__ import annotations

from typing import BinaryIO

from parley_ingest.parsing.decoding import decoded
from parley_ingest.parsing.draft import Draft


def read(file: BinaryIO, draft: Draft) -> None:
    draft.block(decoded(file.read(), draft))
