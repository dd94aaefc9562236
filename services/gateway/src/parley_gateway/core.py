"""What routes work with, put together once per process and found on `app.state.core`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from parley_gateway.live.following import Following
from parley_gateway.live.hub import Hub
from parley_gateway.settings import GatewaySettings
from parley_gateway.store.jobs import Jobs
from parley_gateway.work.answers import Answers
from parley_gateway.work.cancellations import Cancellations
from parley_gateway.work.submissions import Submissions


@dataclass(frozen=True)
class Core:
    """Reading jobs, following them, and the three things clients may do to them."""

    settings: GatewaySettings
    jobs: Jobs
    hub: Hub
    following: Following
    submissions: Submissions
    answers: Answers
    cancellations: Cancellations


async def core_of(connection: HTTPConnection) -> Core:
    """A coroutine, because FastAPI sends any other dependency through a thread."""
    return cast(Core, connection.app.state.core)


Provided = Annotated[Core, Depends(core_of)]
