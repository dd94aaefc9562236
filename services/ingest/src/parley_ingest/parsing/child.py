"""The process that reads a document: `python -m parley_ingest.parsing.child`, confined."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, BinaryIO

from parley_common.confined.child import serve
from parley_common.documents import HEAD, kind_of
from parley_common.errors import ParleyError
from parley_ingest.parsing.draft import Draft
from parley_ingest.parsing.failures import damaged, unreadable
from parley_ingest.parsing.limits import Limits
from parley_ingest.parsing.readers import reader_of
from parley_ingest.parsing.tesseract import NEEDED


def main() -> None:
    serve(answer, readable=[path for path in NEEDED if path.exists()])


def answer(file: BinaryIO, given: dict[str, Any]) -> dict[str, Any]:
    """The canonical text, or `failed`: a code, a sentence, and where it failed if no reader expected that."""
    filename, why = given["filename"], ""
    draft = Draft(Limits(**given["limits"]))
    try:
        kind = kind_of(file.read(HEAD), filename)
        file.seek(0)
        reader_of(kind)(file, draft)
        return draft.finished(Path(filename).stem)
    except ParleyError as error:
        failure = error
    except MemoryError:
        failure = unreadable("too_large", "Reading the document takes more memory than is allowed.")
    except RecursionError:
        failure = unreadable("too_large", "The document is nested too deeply.")
    except BaseException as error:
        # Libraries raise whatever they come across in a damaged file; those in Rust panic, which is no `Exception`.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        failure, why = damaged(), _where(error)
    return {"failed": {"code": failure.code, "detail": failure.detail, "status": failure.status, "why": why}}


def _where(error: BaseException) -> str:
    """The kind of error and the line that raised it: its message may hold what the document says."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"


if __name__ == "__main__":
    main()
