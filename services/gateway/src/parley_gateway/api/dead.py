"""Dead letters, for operators: what could not be used, why, and back into its queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from faststream.rabbit import RabbitBroker
from pydantic import BaseModel

from parley_common.bus import dead
from parley_common.bus.dead import DeadLetter
from parley_gateway.security.principal import operator

router = APIRouter(prefix="/v1/dead", tags=["dead letters"], dependencies=[Depends(operator)])


class DeadLetters(BaseModel):
    """The oldest dead letters of one queue, or of each."""

    items: list[DeadLetter]


def broker_of(request: Request) -> RabbitBroker:
    broker: RabbitBroker = request.app.state.broker
    return broker


Broker = Annotated[RabbitBroker, Depends(broker_of)]


@router.get("")
async def list_dead(
    broker: Broker, queue: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> DeadLetters:
    """What lies in the dead-letter queues; looking changes nothing."""
    return DeadLetters(items=await dead.browse(broker, queue=queue, limit=limit))


@router.get("/{letter_id}")
async def show_dead(broker: Broker, letter_id: str) -> DeadLetter:
    """One dead letter."""
    return await dead.find(broker, letter_id)


@router.post("/{letter_id}/replay")
async def replay_dead(broker: Broker, letter_id: str) -> DeadLetter:
    """Put a dead letter back into the queue it came from."""
    return await dead.replay(broker, letter_id)
