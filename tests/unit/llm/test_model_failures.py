"""Every complaint of an endpoint becomes an error with a stable code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from parley_common.errors import RetryableError
from parley_common.llm.failures import Complaint, failure, retry_after


@pytest.mark.parametrize(
    ("complaint", "code", "retryable"),
    [
        (Complaint(429), "model_rate_limited", True),
        (Complaint(429, code="insufficient_quota"), "model_quota_exceeded", False),
        (Complaint(429, message="maximum context tokens per minute"), "model_rate_limited", True),
        (Complaint(500), "model_unavailable", True),
        (Complaint(503, message="context length"), "model_unavailable", True),
        (Complaint(529), "model_unavailable", True),
        (Complaint(408), "model_unavailable", True),
        (Complaint(409), "model_unavailable", True),
        (Complaint(400), "model_rejected", False),
        (Complaint(413), "model_rejected", False),
        (Complaint(422), "model_rejected", False),
        (Complaint(401), "model_auth", False),
        (Complaint(403), "model_auth", False),
        (Complaint(404), "model_not_found", False),
        (Complaint(400, code="context_length_exceeded"), "model_context_exceeded", False),
        (Complaint(400, message="this model's maximum context length is 8192"), "model_context_exceeded", False),
        (Complaint(400, code="content_filter"), "model_refused", False),
        (Complaint(None), "model_unavailable", True),
        (Complaint(None, code="insufficient_quota"), "model_quota_exceeded", False),
    ],
)
def test_a_complaint_has_one_meaning(complaint: Complaint, code: str, retryable: bool) -> None:
    error = failure(complaint, "m")
    assert (error.code, isinstance(error, RetryableError)) == (code, retryable)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), (None, None), ("", None), ("soon", None), ("nan", None), ("inf", None)],
)
def test_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_as_a_date() -> None:
    past, future = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
    assert retry_after(format_datetime(past, usegmt=True)) == 0
    assert 86_000 < (retry_after(format_datetime(future, usegmt=True)) or 0) <= 86_400
