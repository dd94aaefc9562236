"""`POST /api/enhance`: a lazy prompt in, a job out."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from parley_common.contracts.enhance import Enhance
from parley_common.contracts.jobs import Options
from parley_common.contracts.model import part_of
from parley_gateway.core import Provided
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser

router = APIRouter(prefix="/api/enhance", tags=["enhance"])


class EnhanceRequest(Enhance, Options):
    """A prompt to enhance, and how the job is to be run."""


class EnhanceAccepted(BaseModel):
    """The job that was begun; follow it on `/ws/enhance/{task_id}`."""

    task_id: UUID
    status: Literal["processing"] = "processing"


@router.post(
    "",
    status_code=202,
    response_model=EnhanceAccepted,
    responses={409: {"model": ProblemBody}, 413: {"model": ProblemBody}},
)
async def enhance(request: EnhanceRequest, user: CurrentUser, core: Provided, key: Idempotent) -> Response:
    """Have a prompt rewritten; `Location` is the job."""
    accepted = await core.submissions.submit(
        user,
        "enhance",
        work=part_of(request, Enhance),
        options=part_of(request, Options),
        key=key,
        answer=lambda job: EnhanceAccepted(task_id=job).model_dump(mode="json"),
    )
    return accepted.response()
