"""What a vector server's complaint means for us; its own words stay here, as they may quote what was stored."""

from __future__ import annotations

from parley_common.errors import ParleyError, PermanentError, RetryableError


class VectorsUnavailable(RetryableError):
    """The passages cannot be reached right now; what was asked may have happened or not."""

    code = "vectors_unavailable"


def failure(status: int | None, *, retry_after: float | None = None) -> ParleyError:
    """The error to raise for an answer with this status, or for none at all."""
    match status:
        case 401 | 403:
            return PermanentError("The vector server does not accept the configured key.", code="vectors_auth")
        case 413:
            return PermanentError("A request is too large for the vector server.", code="vectors_too_large", status=413)
        case None | 404 | 408 | 429:  # a collection that is gone is made again at the next try
            return VectorsUnavailable("The vector server cannot be used right now.", retry_after=retry_after)
        case status if status >= 500:
            return VectorsUnavailable("The vector server cannot be used right now.", retry_after=retry_after)
    return PermanentError("The vector server refused a request.", code="vectors_refused")
