"""Why a document cannot be read, with a reason its owner understands."""

from __future__ import annotations

from typing import Literal

from parley_common.errors import PermanentError

Reason = Literal["encrypted", "empty", "scanned", "corrupt", "too_large", "too_slow", "unsupported"]


class UnreadableDocument(PermanentError):
    """There is no text to be had from the file; `code` is `document_` and a `Reason`."""

    code = "document_corrupt"
    status = 422


def unreadable(reason: Reason, detail: str) -> UnreadableDocument:
    """The error of one reason; `detail` is a sentence for the person who uploaded the file."""
    return UnreadableDocument(detail, code=f"document_{reason}")


def damaged(what: str = "document") -> UnreadableDocument:
    """The error of a file that begins like one of its kind and does not go on like it."""
    return unreadable("corrupt", f"The {what} is damaged or cut off.")


def protected(what: str = "document") -> UnreadableDocument:
    """The error of a file that asks for a password."""
    return unreadable("encrypted", f"The {what} is protected by a password; please save it without one.")
