"""Where the gateway is and who the user is; runs one piece of work against it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import typer

from parley_standalone.cli.problems import explain
from parley_standalone.cli.terminal import err
from parley_standalone.client import Client, Refused, Unreachable

T = TypeVar("T")


@dataclass(frozen=True)
class Session:
    """One gateway and one user, from the options of the root command."""

    url: str
    token: str | None

    def run(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Do `work` with a client; a refusal or a silent gateway is explained and ends the command with 1."""
        try:
            return asyncio.run(self._connected(work))
        except (Refused, Unreachable) as error:
            explain(error, err())
            raise typer.Exit(1) from error

    async def _connected(self, work: Callable[[Client], Awaitable[T]]) -> T:
        async with Client(self.url, self.token) as client:
            return await work(client)
