"""`/deep-research/jobs`: questions about datasets, asked and polled the way older clients do."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from parley_common.contracts.jobs import Options, Status
from parley_common.contracts.model import part_of
from parley_gateway.core import Provided
from parley_gateway.domain.research import ResearchJob, research_job, statuses_shown_as
from parley_gateway.export.formats import FORMATS, Format
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser
from parley_gateway.work.research import KIND, ResearchQuestion

router = APIRouter(prefix="/deep-research/jobs", tags=["deep research"])


class ResearchRequest(ResearchQuestion, Options):
    """A question about a dataset, and how the job is to be run."""


class ResearchAccepted(BaseModel):
    """The job that was begun."""

    success: Literal[True] = True
    job_id: UUID
    message: str
    status: Literal["pending"] = "pending"


class ResearchJobs(BaseModel):
    """The newest first; `next_cursor` leads to the older ones, `null` where there are none."""

    success: Literal[True] = True
    jobs: list[ResearchJob]
    next_cursor: str | None


class ResearchCancelled(BaseModel):
    """The job has ended, or will have in a moment; what it had found is its `partial`."""

    success: Literal[True] = True
    job_id: UUID
    status: Literal["cancelled"] = "cancelled"


@router.post(
    "/submit",
    status_code=202,
    response_model=ResearchAccepted,
    responses={404: {"model": ProblemBody}, 409: {"model": ProblemBody, "description": "The dataset is not loaded."}},
)
async def submit(request: ResearchRequest, user: CurrentUser, core: Provided, key: Idempotent) -> Response:
    """Ask a question about a dataset; `Location` is the job."""
    asked, options = part_of(request, ResearchQuestion), part_of(request, Options)
    return (await core.research.submit(user, asked, options=options, key=key)).response()


@router.get("")
async def list_research(
    user: CurrentUser,
    core: Provided,
    dataset_id: UUID | None = None,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> ResearchJobs:
    """Your research jobs."""
    found = await core.jobs.page(
        user.user, limit=limit + 1, before=cursor, kind=KIND, statuses=statuses_shown_as(status), subject=dataset_id
    )
    more = len(found) > limit
    return ResearchJobs(
        jobs=[research_job(each) for each in found[:limit]], next_cursor=str(found[limit - 1].id) if more else None
    )


@router.get("/{job:uuid}", responses={404: {"model": ProblemBody}})
async def get_research(job: UUID, user: CurrentUser, core: Provided) -> ResearchJob:
    """One research job as it is now."""
    return research_job(await core.following.snapshot_of(KIND, user.user, job))


@router.get(
    "/{job:uuid}/export",
    response_class=Response,
    responses={
        200: {"content": {made.media_type.partition(";")[0]: {} for made in FORMATS.values()}},
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "The job has no result, or none yet."},
    },
)
async def export_research(job: UUID, user: CurrentUser, core: Provided, format: Format = Format.MARKDOWN) -> Response:
    """The result as a file to keep, pass on or run again."""
    made = await core.exports.export(user, job, format)
    headers = {"Content-Disposition": made.content_disposition}
    return Response(made.body, media_type=made.media_type, headers=headers)


@router.delete("/{job:uuid}", responses={404: {"model": ProblemBody}, 409: {"model": ProblemBody}})
async def cancel_research(job: UUID, user: CurrentUser, core: Provided) -> ResearchCancelled:
    """Cancel a research job."""
    await core.following.snapshot_of(KIND, user.user, job)
    await core.cancel(user, job)
    return ResearchCancelled(job_id=job)
