"""The uniform API for jobs of every kind: list, look, cancel, answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, FastAPI, Query, Request, Response, status
from pydantic import BaseModel

from parley_common.contracts.jobs import FINAL, Status
from parley_gateway.core import Core, Provided
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.problems import ProblemBody, ProblemResponse, problem
from parley_gateway.security.principal import CurrentUser, Principal
from parley_gateway.work.answers import AcceptedAnswer, AlreadyAnswered, Given

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

Kind = Annotated[str, Query(pattern=r"^[a-z_]{1,64}$")]


class JobPage(BaseModel):
    """The newest jobs first; `next_cursor` leads to the older ones, `null` where there are none."""

    jobs: list[JobSnapshot]
    next_cursor: str | None


@router.get("")
async def list_jobs(
    user: CurrentUser,
    core: Provided,
    kind: Kind | None = None,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> JobPage:
    """Your jobs."""
    statuses = [status] if status else []
    found = await core.jobs.page(user.user, limit=limit + 1, before=cursor, kind=kind, statuses=statuses)
    more = len(found) > limit
    return JobPage(jobs=found[:limit], next_cursor=str(found[limit - 1].id) if more else None)


@router.get("/{job}", responses={404: {"model": ProblemBody}})
async def get_job(job: UUID, user: CurrentUser, core: Provided) -> JobSnapshot:
    """One job as it is now."""
    return await core.following.snapshot(user.user, job)


_CANCEL_RESPONSES: dict[int | str, dict[str, object]] = {
    202: {"model": JobSnapshot, "description": "Asked for; the job's final event will say so."},
    404: {"model": ProblemBody},
    409: {"model": ProblemBody, "description": "The job completed or failed before."},
}


@router.delete("/{job}", responses=_CANCEL_RESPONSES)
async def delete_job(job: UUID, user: CurrentUser, core: Provided, response: Response) -> JobSnapshot:
    """Cancel a job; what it had is kept as `partial`. Again is the same as once."""
    return await _cancel(core, user, job=job, response=response)


@router.post("/{job}/cancel", responses=_CANCEL_RESPONSES)
async def cancel_job(job: UUID, user: CurrentUser, core: Provided, response: Response) -> JobSnapshot:
    """The same as deleting it, for clients that cannot."""
    return await _cancel(core, user, job=job, response=response)


@router.post(
    "/{job}/questions/{question}/answer",
    responses={
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "Another answer was first; `accepted` is that one."},
        410: {"model": ProblemBody, "description": "The question expired, or the job ended."},
    },
)
async def answer_question(job: UUID, question: UUID, given: Given, user: CurrentUser, core: Provided) -> AcceptedAnswer:
    """Answer a job's question, or decline to; the same answer again gets the same response."""
    return await core.answers.give(user, job, question=question, given=given)


async def _cancel(core: Core, user: Principal, *, job: UUID, response: Response) -> JobSnapshot:
    snapshot = await core.cancel(user, job)
    if snapshot.status not in FINAL:
        response.status_code = status.HTTP_202_ACCEPTED
    return snapshot


def install(app: FastAPI) -> None:
    """Let the one who answered too late see the answer that counts."""
    app.add_exception_handler(AlreadyAnswered, _on_already_answered)


async def _on_already_answered(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, AlreadyAnswered)  # noqa: S101 - registered for nothing else
    accepted = error.accepted.model_dump(mode="json")
    return problem(error.status, error.code, detail=error.detail, extensions={"accepted": accepted})
