"""What an endpoint's complaint means for us; its own words stay here, as they may quote the prompt or the key."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parley_common.errors import ParleyError, PermanentError, RetryableError

_BUSY = {408, 409, 425}
_CONTEXT = ("context_length_exceeded", "context length", "context window", "maximum context", "string_above_max_length")
_FILTER = ("content_filter", "content_policy_violation", "content management policy")
_QUOTA = ("insufficient_quota", "billing_hard_limit_reached")


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error answer, in lower case; `status` is `None` when it arrived inside a stream that had begun well."""

    status: int | None
    code: str = ""
    param: str = ""
    message: str = ""
    retry_after: float | None = None

    def names(self, *words: str) -> bool:
        """Whether it is about one of these; what it says in a field of its own counts more than its prose."""
        told = self.param or f"{self.code} {self.message}"
        return any(word in told for word in words)

    def mentions(self, *words: str) -> bool:
        return any(word in f"{self.code} {self.param} {self.message}" for word in words)


def failure(complaint: Complaint, model: str) -> ParleyError:
    """The error to raise for a complaint."""
    if complaint.status is None or complaint.status < 500:
        if complaint.mentions(*_QUOTA):
            return PermanentError("The account's quota at the model endpoint is used up.", code="model_quota_exceeded")
        if complaint.status != 429 and complaint.mentions(*_CONTEXT):
            return PermanentError(f"The request is too long for {model}.", code="model_context_exceeded", status=413)
        if complaint.status != 429 and complaint.mentions(*_FILTER):
            return refused()
    return _by_status(complaint, model)


def _by_status(complaint: Complaint, model: str) -> ParleyError:
    match complaint.status:
        case 429:
            return RetryableError(
                "The model endpoint is over its rate limit.",
                code="model_rate_limited",
                retry_after=complaint.retry_after,
            )
        case 401 | 403:
            return PermanentError("The model endpoint does not accept the configured key.", code="model_auth")
        case 404:
            return PermanentError(
                f"The endpoint has no model {model}, or the address is wrong:"
                " see PARLEY_MODEL, PARLEY_EMBEDDING_MODEL and OPENAI_BASE_URL.",
                code="model_not_found",
            )
        case int(status) if status < 500 and status not in _BUSY:
            return PermanentError(f"The model endpoint rejected the request (HTTP {status}).", code="model_rejected")
        case int(status):
            return unavailable(f"answered HTTP {status}", retry_after=complaint.retry_after)
    return unavailable("reported an error in the middle of its answer")


def unavailable(why: str, *, retry_after: float | None = None) -> RetryableError:
    return RetryableError(f"The model endpoint {why}.", code="model_unavailable", retry_after=retry_after)


def timed_out() -> RetryableError:
    return RetryableError("The model took too long to answer.", code="model_timeout", status=504)


def refused() -> PermanentError:
    return PermanentError("The model declined to answer this request.", code="model_refused", status=422)


def unreadable(wanted: str = "a chat completion") -> PermanentError:
    return PermanentError(
        f"The endpoint's answer is not {wanted}: see OPENAI_BASE_URL.", code="model_unreadable", status=502
    )


def retry_after(header: str | None) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110 section 10.2.3); nonsense is ignored."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return _until(header)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
