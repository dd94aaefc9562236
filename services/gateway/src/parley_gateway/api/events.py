"""A job's events as Server-Sent Events: `id` is the cursor, the stream ends behind the final event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sse_starlette import EventSourceResponse

from parley_common.contracts.jobs import FINAL
from parley_gateway import metrics
from parley_gateway.core import Core, Provided
from parley_gateway.domain.frames import Frame
from parley_gateway.limits import limits_of
from parley_gateway.live.following import Followed, parse_cursor
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.subscription import Reader
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

PING_SECONDS = 15
FROZEN_SECONDS = 60
CursorText = Annotated[str | None, Query(max_length=20, description="`<epoch>:<seq>` or `<seq>`: what came last.")]


async def held_seat(request: Request, user: CurrentUser) -> AsyncIterator[None]:
    """One of the user's connections, given back when the stream has ended."""
    async with limits_of(request).connection(user.user):
        yield


@router.get(
    "/{job}/events",
    response_class=EventSourceResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "One event per message."},
        204: {"description": "The job has ended and you have seen all of it."},
        404: {"model": ProblemBody},
    },
)
async def stream_events(
    job: UUID,
    user: CurrentUser,
    core: Provided,
    _seat: Annotated[None, Depends(held_seat)],
    after: CursorText = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """Follow a job from where you were; a browser's EventSource does that by itself."""
    followed = await core.following.locate(user, job, since=parse_cursor(last_event_id or after))
    if followed.snapshot.status in FINAL and followed.position.seq >= followed.position.latest:
        return Response(status_code=204)
    return EventSourceResponse(_stream(core, followed), ping=PING_SECONDS, send_timeout=FROZEN_SECONDS, sep="\n")


def as_sse(frame: Frame) -> str:
    """The frame as one message; ephemeral ones have no id, so that they never become a cursor."""
    cursor = "" if frame.seq is None else f"id: {frame.epoch}:{frame.seq}\n"
    return f"{cursor}data: {frame.text}\n\n"


def _retry(after_ms: int) -> str:
    return f"retry: {after_ms}\n\n"


async def _stream(core: Core, followed: Followed) -> AsyncIterator[bytes]:
    mailbox = Mailbox(limit=core.settings.socket_backlog, farewell=_retry)
    reader = Reader(mailbox, view=as_sse, on_end=mailbox.close)
    with (
        core.hub.client(mailbox),
        metrics.SOCKETS.labels("sse").track_inprogress(),
        core.hub.following(followed.position, reader),
    ):
        while (text := await mailbox.get()) is not None:
            yield text.encode()
