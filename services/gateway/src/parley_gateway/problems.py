"""Every error a client sees, as one shape: RFC 9457 `application/problem+json` with a stable code and the trace id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, JsonValue
from starlette.exceptions import HTTPException

from parley_common.errors import ParleyError, PermanentError, RetryableError
from parley_common.telemetry import trace_id
from parley_common.titles import title_of
from parley_gateway.response_headers import SECURITY_HEADERS

log = structlog.get_logger()


class Unauthorized(PermanentError):
    """Nobody we know: no token, or one that is forged, expired or not for us."""

    code = "unauthorized"
    status = 401


class Forbidden(PermanentError):
    """Someone we know, who may not do this."""

    code = "forbidden"
    status = 403


class UnsupportedMediaType(PermanentError):
    """A body of a kind that this route does not read."""

    code = "unsupported_media_type"
    status = 415


class TooMany(RetryableError):
    """More than one client may ask for; it may come again after `retry_after` seconds."""

    code = "rate_limited"
    status = 429


class FieldProblem(BaseModel):
    """One thing wrong with the input: where (`body.task`) and what."""

    field: str
    code: str
    detail: str


class ProblemBody(BaseModel):
    """RFC 9457, with a stable `code` to program against and the `trace_id` to ask support about."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: str
    errors: list[FieldProblem] | None = None


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid",
}


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem; bugs become a 500 that shows nothing of their inside."""
    app.add_exception_handler(ParleyError, _on_parley_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_bug)


def problem(
    status: int,
    code: str,
    *,
    detail: str,
    errors: Sequence[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, JsonValue] | None = None,
) -> ProblemResponse:
    """A problem as a response; it is an ASGI app, so middleware can send it too. `extensions` are further members."""
    body = ProblemBody(
        type=f"urn:parley:problem:{code}",
        title=title_of(code),
        status=status,
        detail=detail,
        code=code,
        trace_id=trace_id(),
        errors=list(errors) if errors is not None else None,
    )
    return ProblemResponse({**(extensions or {}), **body.model_dump(exclude_none=True)}, status, headers)


def problem_of(error: ParleyError) -> ProblemResponse:
    """The problem an expected error maps to, with the headers its status asks for."""
    headers = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="parley"'
    if isinstance(error, RetryableError):
        headers["Retry-After"] = str(max(1, ceil(error.retry_after or 1)))
    return problem(error.status, error.code, detail=error.detail, headers=headers)


async def _on_parley_error(_request: Request, error: Exception) -> ProblemResponse:
    return problem_of(cast(ParleyError, error))


async def _on_invalid_request(_request: Request, error: Exception) -> ProblemResponse:
    errors = [_field_problem(item) for item in cast(RequestValidationError, error).errors()]
    detail = "; ".join(f"{item.field}: {item.detail}" for item in errors[:3])
    return problem(422, "invalid", detail=detail, errors=errors)


async def _on_http_error(_request: Request, error: Exception) -> ProblemResponse:
    http = cast(HTTPException, error)
    code = _CODES.get(http.status_code, HTTPStatus(http.status_code).phrase.lower().replace(" ", "_"))
    return problem(http.status_code, code, detail=str(http.detail), headers=http.headers)


async def _on_bug(request: Request, error: Exception) -> ProblemResponse:
    log.error("request failed", method=request.method, path=request.scope["path"], exc_info=error)
    detail = "Something went wrong on our side; the trace id helps to find it."
    # This answer is made outside of all middleware.
    return problem(500, "internal", detail=detail, headers=SECURITY_HEADERS)


def _field_problem(item: Mapping[str, Any]) -> FieldProblem:
    # What one of our own checks says is a sentence for users; the prefix is pydantic's.
    detail = item["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in item["loc"])
    return FieldProblem(field=_encodable(field), code=item["type"], detail=_encodable(detail))


def _encodable(text: str) -> str:
    """Without the lone surrogates that JSON can smuggle in and UTF-8 cannot express."""
    return text.encode("utf-8", "replace").decode()
