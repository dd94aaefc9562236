"""`/deep-research/schedules`: the same question about a dataset, again and again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from parley_common.contracts.jobs import Options
from parley_common.contracts.model import part_of
from parley_gateway.core import Provided
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser
from parley_gateway.work.research import ResearchQuestion
from parley_gateway.work.schedules import Rhythm, Schedule, schedule_of

router = APIRouter(prefix="/deep-research/schedules", tags=["deep research"])


class ScheduleRequest(ResearchQuestion, Rhythm, Options):
    """A question, when to ask it, and how its jobs are to be run."""


class SchedulePage(BaseModel):
    """The newest first; `next_cursor` leads to the older ones, `null` where there are none."""

    schedules: list[Schedule]
    next_cursor: str | None


@router.post(
    "",
    status_code=201,
    response_model=Schedule,
    responses={
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "The dataset is not loaded, or you have too many schedules."},
    },
)
async def add_schedule(request: ScheduleRequest, user: CurrentUser, core: Provided, key: Idempotent) -> Response:
    """Ask a question whenever five cron fields say so."""
    rhythm, options = part_of(request, Rhythm), part_of(request, Options)
    asked = part_of(request, ResearchQuestion)
    return (await core.schedules.add(user, asked, rhythm=rhythm, options=options, key=key)).response()


@router.get("")
async def list_schedules(
    user: CurrentUser,
    core: Provided,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> SchedulePage:
    """Your schedules."""
    found = await core.stored_schedules.page(user.user, limit=limit + 1, before=cursor)
    more = len(found) > limit
    return SchedulePage(
        schedules=[schedule_of(row) for row in found[:limit]], next_cursor=str(found[limit - 1].id) if more else None
    )


@router.get("/{schedule}", responses={404: {"model": ProblemBody}})
async def get_schedule(schedule: UUID, user: CurrentUser, core: Provided) -> Schedule:
    """One schedule: when it runs next, and what became of it."""
    return schedule_of(await core.stored_schedules.get(user.user, schedule))


@router.delete("/{schedule}", status_code=204, responses={404: {"model": ProblemBody}})
async def delete_schedule(schedule: UUID, user: CurrentUser, core: Provided) -> None:
    """Stop asking; jobs that were begun go on."""
    await core.schedules.remove(user, schedule)
