"""What operators and orchestrators ask: alive, ready, and the numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, cast

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from parley_common.errors import ParleyError
from parley_gateway.metrics import REGISTRY

router = APIRouter(tags=["health"])
log = structlog.get_logger()
TIMEOUT = 2.0

Check = Callable[[], Awaitable[bool]]


class Readiness(BaseModel):
    """Whether this gateway can do its work, and what of its surroundings can do theirs."""

    status: Literal["ready", "unavailable"]
    checks: dict[str, Literal["ok", "failed"]]


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/health/ready", response_model=Readiness, responses={503: {"model": Readiness}})
async def ready(request: Request) -> JSONResponse:
    """Everything the gateway needs answers too: 200, or 503 with what does not."""
    checks = cast(Mapping[str, Check], request.app.state.checks)
    outcomes = await asyncio.gather(*(_is_ok(name, check) for name, check in checks.items()))
    readiness = Readiness(
        status="ready" if all(outcomes) else "unavailable",
        checks={name: "ok" if ok else "failed" for name, ok in zip(checks, outcomes, strict=True)},
    )
    return JSONResponse(readiness.model_dump(), 200 if all(outcomes) else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


async def _is_ok(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT):
            return await check()
    except (TimeoutError, OSError, ParleyError, RedisError, SQLAlchemyError) as error:
        log.warning("not ready", check=name, error=type(error).__name__)
        return False
