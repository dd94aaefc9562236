"""The errors Parley raises on purpose, each with a stable code that clients may rely on.

A `ParleyError` is expected: it is mapped once at each edge (problem+json over HTTP, `job.failed` on a stream,
a reason on a dead letter) and never pages anyone. Anything else that escapes is a bug.
"""

from __future__ import annotations

from parley_common.titles import title_of


class ParleyError(Exception):
    """An expected failure: a stable `code` and its `title`, a `detail` fit for the user's eyes, an HTTP status."""

    code = "internal"
    status = 500

    def __init__(self, detail: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.title = title_of(self.code)


class RetryableError(ParleyError):
    """Trying again may help; `retry_after` is the other side's wish in seconds, if it had one."""

    code = "temporarily_unavailable"
    status = 503

    def __init__(
        self, detail: str, *, code: str | None = None, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail, code=code, status=status)
        self.retry_after = retry_after


class PermanentError(ParleyError):
    """Trying again cannot help."""

    code = "failed"
    status = 500


class NotFound(PermanentError):
    """No such thing, or not this owner's: the two are indistinguishable on purpose."""

    code = "not_found"
    status = 404


class Conflict(PermanentError):
    """The thing is no longer in a state that allows this."""

    code = "conflict"
    status = 409


class Gone(PermanentError):
    """Too late: the deadline passed or the job ended."""

    code = "gone"
    status = 410


class Invalid(PermanentError):
    """The value breaks the rules it was given."""

    code = "invalid"
    status = 422
