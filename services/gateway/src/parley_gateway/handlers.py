"""What the gateway consumes: every event for its own clients, and, once for all gateways, those to be recorded."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from faststream import AckPolicy
from faststream.exceptions import IncorrectState
from faststream.rabbit import RabbitBroker, RabbitRouter
from faststream.rabbit.message import RabbitMessage
from opentelemetry import trace

from parley_common.bus.amqp import BROKER_ERRORS
from parley_common.bus.topology import EVENTS, consumer, live_queue, recorder_queue
from parley_gateway.domain.frames import EVENT, Frame
from parley_gateway.live.hub import Hub
from parley_gateway.live.recorder import Recorder

LIVE_PREFETCH = 500
RECORDER_PREFETCH = 1_000
CANARY = "parley-canary"

tracer = trace.get_tracer("parley.gateway")


class Canary:
    """Sends a message through this process's own queue and sees it come back: connection and consumer both work."""

    def __init__(self, broker: RabbitBroker, queue: str) -> None:
        self._broker = broker
        self._queue = queue
        self._flying: dict[str, asyncio.Event] = {}

    async def returns(self, *, within: float = 1.5) -> bool:
        """Whether it came back in time; `False` too while there is no connection."""
        name = uuid4().hex
        back = self._flying[name] = asyncio.Event()
        try:
            async with asyncio.timeout(within):
                await self._broker.publish({}, queue=self._queue, headers={CANARY: name}, mandatory=True)
                return await back.wait()
        except (*BROKER_ERRORS, IncorrectState):
            return False
        finally:
            del self._flying[name]

    def landed(self, name: str) -> None:
        if back := self._flying.get(name):
            back.set()


def make_router(*, instance: str, hub: Hub, recorder: Recorder, canary: Canary) -> RabbitRouter:
    """The subscribers of one gateway process, whose own queue bears the name `instance`.

    Frames come out of the decoder, not out of injected context: that is looked up in a thread for each message,
    and messages would overtake one another on the way.
    """
    router = RabbitRouter()

    @router.subscriber(
        live_queue(instance),
        EVENTS,
        channel=consumer(LIVE_PREFETCH),
        ack_policy=AckPolicy.ACK_FIRST,  # copies that the log has too: the broker need not remember them
        decoder=_decode,
        no_reply=True,
    )
    async def on_event(arrived: Frame | str) -> None:
        if isinstance(arrived, Frame):
            with tracer.start_as_current_span("push"):
                hub.receive(arrived)
        else:
            canary.landed(arrived)

    @router.subscriber(
        recorder_queue(),
        EVENTS,
        channel=consumer(RECORDER_PREFETCH),
        ack_policy=AckPolicy.REJECT_ON_ERROR,
        decoder=_decode,
        no_reply=True,
    )
    async def on_journaled_event(frame: Frame) -> None:
        await recorder.record(frame)

    return router


async def _decode(message: RabbitMessage) -> Frame | str:
    """An event as a frame, or the name of a canary."""
    if CANARY in message.headers:
        return str(message.headers[CANARY])
    return Frame.of(EVENT.validate_json(message.body), message.body.decode())
