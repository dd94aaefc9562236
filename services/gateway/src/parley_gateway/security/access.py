"""What authentication works with, opened once per process and found on `app.state.access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from parley_common.storage.database import Database
from parley_gateway.security.passwords import Passwords
from parley_gateway.security.settings import AccessSettings, require_loopback
from parley_gateway.security.tickets import Tickets
from parley_gateway.security.tokens import Tokens


@dataclass(frozen=True)
class Access:
    """Settings, accounts' database, and the three kinds of credential."""

    settings: AccessSettings
    database: Database
    passwords: Passwords
    tokens: Tokens
    tickets: Tickets

    @classmethod
    def open(cls, settings: AccessSettings, *, database: Database, redis: Redis) -> Access:
        """Raises `InsecureBinding` where these settings would serve strangers."""
        require_loopback(settings)
        return cls(settings, database, Passwords(), Tokens(settings), Tickets(redis))


def access_of(connection: HTTPConnection) -> Access:
    return cast(Access, connection.app.state.access)
