"""What a service does between begin and commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from parley_common.bus.message import Outgoing

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Transaction:
    """One commit: statements, and messages that go into the outbox with them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.messages: list[Outgoing] = []

    async def execute(self, statement: Executable, parameters: Params | None = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)

    def send(self, *messages: Outgoing) -> None:
        """Publish these once, and only if, this transaction commits."""
        self.messages.extend(messages)
