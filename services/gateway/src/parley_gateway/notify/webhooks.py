"""Webhooks as Standard Webhooks defines them (standardwebhooks.com): signed, at least once, under a stable id."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from pydantic_core import to_json
from standardwebhooks.webhooks import Webhook

from parley_common.errors import PermanentError, RetryableError
from parley_gateway.notify.addresses import resolve
from parley_gateway.notify.settings import NotifySettings

_PORTS = {"http": 80, "https": 443}


class Webhooks:
    """Posts notifications, to addresses that were checked and no others, following no redirects."""

    def __init__(self, settings: NotifySettings, *, secret: str) -> None:
        self._signer = Webhook(secret)
        self._timeout = settings.webhook_timeout
        self._allow_private = settings.webhook_allow_private
        self._client = httpx.AsyncClient(
            timeout=settings.webhook_timeout,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def send(self, url: str, identity: UUID, body: Mapping[str, Any]) -> None:
        """Raises `RetryableError` or `PermanentError` unless the receiver answers 2xx in time."""
        try:
            async with asyncio.timeout(self._timeout):
                status = await self._post(httpx.URL(url), identity, to_json(body))
        except (TimeoutError, httpx.HTTPError) as error:
            raise RetryableError(
                f"The receiver did not answer: {type(error).__name__}.", code="webhook_unanswered"
            ) from error
        if status == HTTPStatus.GONE:
            raise PermanentError("The receiver wants no more of these (410).", code="webhook_gone")
        if not 200 <= status < 300:
            raise RetryableError(f"The receiver answered {status}.", code="webhook_not_taken")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, url: httpx.URL, identity: UUID, body: bytes) -> int:
        """Connects to the very address that was checked: a name asked twice may give two answers."""
        addresses = await resolve(url.host, url.port or _PORTS[url.scheme], allow_private=self._allow_private)
        headers = {**self._signed(identity, body), "Host": url.netloc.decode(), "Content-Type": "application/json"}
        for address in addresses[:-1]:
            try:
                return await self._post_to(address, url, headers, body)
            except httpx.ConnectError:
                continue
        return await self._post_to(addresses[-1], url, headers, body)

    async def _post_to(self, address: str, url: httpx.URL, headers: dict[str, str], body: bytes) -> int:
        """The answer's status; its body is never read, so it may be of any size."""
        target = url.copy_with(host=address)
        extensions = {"sni_hostname": url.host}
        async with self._client.stream("POST", target, headers=headers, content=body, extensions=extensions) as answer:
            return answer.status_code

    def _signed(self, identity: UUID, body: bytes) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "webhook-id": str(identity),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(str(identity), now, body.decode()),
            "User-Agent": "Parley-Webhooks/1",
        }
