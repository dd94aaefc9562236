"""`GET /v1/about`: what a client must know of this installation before anybody has signed in."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from parley_common.contracts.jobs import Mode
from parley_gateway.security.access import access_of

router = APIRouter(prefix="/v1", tags=["about"])


class About(BaseModel):
    """`auth` says whether there are accounts; without a `model` jobs are done by deterministic engines (`offline`)."""

    name: Literal["Parley"] = "Parley"
    auth: Literal["off", "jwt"]
    mode: Mode
    model: str | None


@router.get("/about")
async def about(request: Request) -> About:
    """How to sign in here, and who does the work."""
    model: str | None = request.app.state.model
    return About(auth=access_of(request).settings.auth, mode=Mode.MODEL if model else Mode.OFFLINE, model=model)
