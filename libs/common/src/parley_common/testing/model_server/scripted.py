"""The test's end of the test model."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Any, Self

import httpx

from parley_common.testing.model_server.meter import GateReading, MeterReading

# Made once: httpx would read all certificates anew for each client, for connections that have none.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class ScriptedModel:
    """Steers and reads a running test model; whoever waits here waits for a condition, at most ten seconds."""

    def __init__(self, address: str) -> None:
        self.base_url = f"{address}/v1"
        self._http = httpx.AsyncClient(base_url=address, timeout=20, verify=NO_TLS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def script(self, *rules: dict[str, Any]) -> None:
        """Adds rules, as described by `script.Rule`; one without `times` is used once."""
        (await self._http.post("/script", json=list(rules))).raise_for_status()

    async def meter(self, **at_least: int) -> MeterReading:
        """The meter, once it shows at least so many calls: `meter(aborted=1)`."""
        response = await self._http.get("/meter", params=at_least)
        return MeterReading.model_validate_json(response.raise_for_status().content)

    async def gate(self, name: str, *, waiting: int = 0) -> GateReading:
        """A gate, once at least so many calls wait at it."""
        response = await self._http.get(f"/gates/{name}", params={"waiting": waiting})
        return GateReading.model_validate_json(response.raise_for_status().content)

    async def open(self, name: str) -> None:
        (await self._http.post(f"/gates/{name}/open")).raise_for_status()

    async def reset(self) -> None:
        (await self._http.post("/reset")).raise_for_status()
