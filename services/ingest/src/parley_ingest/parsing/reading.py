"""From a file to its canonical text, in a process of its own that may come to grief alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from parley_common.confined.asking import End, NoAnswer, ask
from parley_common.confined.scratch import scratch_in
from parley_ingest.domain.document import Canonical, Section
from parley_ingest.parsing.failures import Reason, UnreadableDocument, damaged, unreadable
from parley_ingest.parsing.settings import ParsingSettings

CHILD = "parley_ingest.parsing.child"
SCRATCH = ".reading-"
# Of each character in JSON, and for what is said of sections.
BYTES_PER_CHARACTER = 6
BESIDES = 2**24

_log = structlog.get_logger()
_canonical = TypeAdapter(Canonical)
_ENDS: dict[End, tuple[Reason, str]] = {
    "too_slow": ("too_slow", "Reading the document took longer than is allowed."),
    "out_of_memory": ("too_large", "Reading the document takes more memory than is allowed."),
    "too_long": ("too_large", "The document says more than is allowed."),
    "crashed": ("corrupt", "The document makes its reader fail; it is probably damaged."),
}


async def read(path: Path, *, filename: str, settings: ParsingSettings) -> Canonical:
    """What the document at `path` says. `filename` is what its owner called it: it tells kinds of text apart.

    Raises `UnreadableDocument`; then, and when cancelled, no process and no file is left.
    """
    limits = settings.limits
    async with scratch_in(settings.data, SCRATCH, stale_after=2 * settings.document_wall + 60) as scratch:
        try:
            answer = await ask(
                CHILD,
                path,
                given={"filename": filename, "limits": asdict(limits)},
                scratch=scratch,
                bounds=limits.bounds,
                wall=settings.document_wall,
                answer_bytes=BYTES_PER_CHARACTER * limits.characters + BESIDES,
                nice=settings.document_nice,
            )
        except NoAnswer as error:
            raise unreadable(*_ENDS[error.end]) from None
    return answered(answer)


def answered(answer: dict[str, Any]) -> Canonical:
    """The answer of a process that may be in the hands of whoever wrote the file."""
    try:
        if failed := answer.get("failed"):
            if failed["why"]:
                _log.info("document_unreadable", code=failed["code"], why=failed["why"])
            raise UnreadableDocument(str(failed["detail"]), code=str(failed["code"]), status=int(failed["status"]))
        canonical = _canonical.validate_python(answer)
    except (ValidationError, KeyError, TypeError, ValueError):
        raise damaged() from None
    if not _follow(canonical.sections, len(canonical.text)):
        raise damaged()
    return canonical


def _follow(sections: Sequence[Section], length: int) -> bool:
    """Whether they cover a text of that length from end to end."""
    ends = [0, *(section.end for section in sections)]
    return ends[-1] == length and all(
        section.start == end < section.end for section, end in zip(sections, ends, strict=False)
    )
