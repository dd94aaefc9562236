"""Tables as Parquet files in the blob store, queried through the gate and in the cage."""

from __future__ import annotations

from collections.abc import Sequence

from parley_common.contracts.datasets import PROFILE, Profile
from parley_common.contracts.research import Detail, Research
from parley_common.errors import PermanentError
from parley_common.storage.blobs import BlobNotFound, Blobs, key_of
from parley_research.domain.inquiry import Asked, Query
from parley_research.sql.outcome import Outcome, Rows
from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings


class DatasetGone(PermanentError):
    """The dataset was deleted meanwhile."""

    code = "dataset_gone"
    status = 410


class BlobTables:
    """`Tables` over the blob store."""

    def __init__(self, blobs: Blobs, settings: QuerySettings) -> None:
        self._blobs = blobs
        self._queries = Queries(settings)

    async def asked(self, request: Research) -> Asked:
        try:
            stored = b"".join([chunk async for chunk in self._blobs.read(key_of(PROFILE, request.dataset))])
        except BlobNotFound as error:
            raise _gone() from error
        profile = Profile.model_validate_json(stored)
        return Asked(question=request.question, name=request.name, profile=profile)

    async def run(
        self, table: str, queries: Sequence[Query], columns: Sequence[str], question: str = ""
    ) -> list[Detail]:
        try:
            async with self._blobs.file(table) as file:
                outcomes = await self._queries.run(file, [query.sql for query in queries], columns=columns)
        except (BlobNotFound, FileNotFoundError) as error:
            raise _gone() from error
        return [_detail(query, outcome) for query, outcome in zip(queries, outcomes, strict=True)]


def _detail(query: Query, outcome: Outcome) -> Detail:
    known = {"query_id": query.id, "question": query.question, "kind": query.kind, "sql": query.sql}
    if not isinstance(outcome, Rows):
        return Detail.model_validate(known | {"error": outcome.detail})
    return Detail.model_validate(known | outcome.model_dump(include={"columns", "rows", "row_count", "hash"}))


def _gone() -> DatasetGone:
    return DatasetGone("The dataset has been deleted.")
