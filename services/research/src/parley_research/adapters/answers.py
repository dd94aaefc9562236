"""Answers that were given before, kept as blobs: the same question about the same table costs nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from pydantic import ValidationError
from pydantic_core import to_json

from parley_common.contracts.datasets import ANSWER
from parley_common.contracts.jobs import Usage
from parley_common.contracts.research import Research, Researched
from parley_common.storage.blobs import BlobNotFound, Blobs, BlobTooLarge, prefix_of

LIMIT = 64 * 1024 * 1024


class BlobCache:
    """`thinker` tells apart who answers: another model may answer otherwise.

    Keys begin with the table's hash, so that all answers about a dataset can be forgotten together.
    """

    def __init__(self, blobs: Blobs, *, thinker: str) -> None:
        self._blobs = blobs
        self._thinker = thinker

    async def find(self, owner: str, request: Research) -> Researched | None:
        if request.review_plan:
            return None
        try:
            kept = b"".join([chunk async for chunk in self._blobs.read(self._key(owner, request))])
            known = Researched.model_validate_json(kept)
        except (BlobNotFound, ValidationError):
            # There is none, or an older release wrote it in another form.
            return None
        return known.model_copy(update={"cached": True, "usage": Usage()})

    async def keep(self, owner: str, request: Research, researched: Researched) -> None:
        if request.review_plan:
            return
        key = self._key(owner, request)
        try:
            await self._blobs.put(key, _whole(to_json(researched)), limit=LIMIT)
            await self._blobs.size(request.table)
        except BlobTooLarge:
            return  # it was given, and will be worked out again
        except BlobNotFound:
            # The dataset was deleted meanwhile, its answers perhaps before this one came.
            await self._blobs.delete(key)

    def _key(self, owner: str, request: Research) -> str:
        question = " ".join(request.question.casefold().split())
        asked = to_json([owner, request.hash, question, request.verbose, self._thinker])
        return prefix_of(ANSWER, request.hash) + hashlib.sha256(asked).hexdigest()[:16]


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
