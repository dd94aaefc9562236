"""The events of one chat job as they come, for the routes that stream its answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from parley_common.contracts.events import Event
from parley_gateway import metrics
from parley_gateway.core import Core
from parley_gateway.domain.frames import EVENT
from parley_gateway.live.mailbox import Mailbox
from parley_gateway.live.subscription import Reader
from parley_gateway.security.principal import Principal


async def events_of(core: Core, user: Principal, job: UUID) -> AsyncIterator[Event]:
    """All there is and all that comes, up to the final event, or to the end of this process."""
    followed = await core.following.locate(user, job, since=None)
    mailbox = Mailbox(limit=core.settings.socket_backlog)
    with (
        core.hub.client(mailbox),
        metrics.SOCKETS.labels("sse").track_inprogress(),
        core.hub.following(followed.position, Reader(mailbox, on_end=mailbox.close)),
    ):
        while (text := await mailbox.get()) is not None:
            yield EVENT.validate_json(text)
