"""`Idempotency-Key`: a repeated POST gets the first answer again instead of doing its work twice.

A route does three things in the transaction that does its work:

    if first := await replay(transaction, key):
        return first.response()
    ...
    answer = Answer(202, body, {"Location": …})
    await remember(transaction, key, answer)
    return answer.response()
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, cast

from fastapi import Depends, Header, Request, Response
from pydantic import Field, JsonValue
from pydantic_core import to_json
from starlette.datastructures import UploadFile

from parley_common.errors import Conflict, Invalid
from parley_common.settings import Settings
from parley_common.storage.transaction import Transaction
from parley_gateway.security.principal import CurrentUser
from parley_gateway.store import idempotency as store

LAPSE = timedelta(seconds=60)


class IdempotencySettings(Settings):
    """How long a first answer is kept for repeats; found on `app.state.idempotency`."""

    ttl: int = Field(24 * 3600, alias="PARLEY_IDEMPOTENCY_TTL", ge=60)


@dataclass(frozen=True)
class IdempotencyKey:
    """A key of one owner, what it was sent with, and how long its answer is kept."""

    owner: str
    value: str
    fingerprint: str
    keep: timedelta


@dataclass(frozen=True)
class Answer:
    """What a POST was answered: JSON, a status and headers such as `Location`."""

    status: int
    body: JsonValue
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False

    def response(self) -> Response:
        return Response(to_json(self.body), self.status, self.headers, media_type="application/json")


async def idempotency_key(
    request: Request,
    user: CurrentUser,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Repeating a request with the same key and body gives the first answer again.",
        ),
    ] = None,
) -> IdempotencyKey | None:
    if key is None:
        return None
    settings = cast(IdempotencySettings, request.app.state.idempotency)
    return IdempotencyKey(user.user, key, await _fingerprint(request), timedelta(seconds=settings.ttl))


Idempotent = Annotated[IdempotencyKey | None, Depends(idempotency_key)]


async def replay(transaction: Transaction, key: IdempotencyKey | None) -> Answer | None:
    """The first answer, if the key has one; otherwise takes the key, and `remember` must follow.

    A request with the same key that is in its transaction right now is waited for; if one has committed without an
    answer, it is still at work: 409 for `LAPSE`. Another body than the first one's: 422.
    """
    if key is None:
        return None
    if await store.claim(transaction, key.owner, key=key.value, fingerprint=key.fingerprint, lapse=LAPSE):
        return None
    row = await store.find(transaction, key.owner, key=key.value)
    if row.fingerprint != key.fingerprint:
        raise Invalid("This idempotency key was used with another request.", code="idempotency_key_reused")
    if row.status is None:
        raise Conflict("The first request with this key is still at work.", code="idempotency_in_progress")
    return Answer(row.status, row.body, {**row.headers, "Idempotent-Replayed": "true"}, replayed=True)


async def remember(transaction: Transaction, key: IdempotencyKey | None, answer: Answer) -> None:
    """Keep the answer for repeats of this request."""
    if key is not None:
        await store.answer(
            transaction,
            key.owner,
            key=key.value,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            keep=key.keep,
        )


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.scope['path'].rstrip('/')}\n".encode())
    if request.headers.get("content-type", "").startswith("multipart/"):
        await _add_form(digest, request)
    else:
        digest.update(await request.body())
    return digest.hexdigest()


async def _add_form(digest: hashlib._Hash, request: Request) -> None:
    """Fields and files rather than bytes: the boundary between them is another one at each attempt."""
    for name, value in sorted((await request.form()).multi_items(), key=lambda item: item[0]):
        text = (value.filename or "") if isinstance(value, UploadFile) else value
        digest.update(f"{len(name)}:{name}={len(text)}:{text}\n".encode())
        if isinstance(value, UploadFile):
            while chunk := await value.read(1 << 20):
                digest.update(chunk)
            await value.seek(0)
