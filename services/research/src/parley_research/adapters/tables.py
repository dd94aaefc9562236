"""Tables as Parquet files in the blob store, queried through the gate and in the cage."""

from __future__ import annotations

from collections.abc import Sequence

from parley_common.contracts.datasets import PROFILE, Profile
from parley_common.contracts.research import Detail, Research
from parley_common.errors import PermanentError
from parley_common.storage.blobs import BlobNotFound, Blobs, key_of
from parley_research.domain.inquiry import Asked, Query
from parley_research.sql.grounded import written_down
from parley_research.sql.outcome import Failure, Outcome, Rows
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

    async def run(self, table: str, queries: Sequence[Query], columns: Sequence[str]) -> list[Detail]:
        invented = {query.id: _invented(query, number) for query in queries if (number := written_down(query.sql))}
        honest = [query for query in queries if query.id not in invented]
        try:
            async with self._blobs.file(table) as file:
                outcomes = await self._queries.run(file, [query.sql for query in honest], columns=columns)
        except (BlobNotFound, FileNotFoundError) as error:
            raise _gone() from error
        found = {query.id: _detail(query, outcome) for query, outcome in zip(honest, outcomes, strict=True)}
        return [(found | invented)[query.id] for query in queries]


def _invented(query: Query, number: str) -> Detail:
    detail = f"{number} is written in the query and not computed; every number must come from the table data."
    return _detail(query, Failure(sql=query.sql, code="refused", detail=detail))


def _detail(query: Query, outcome: Outcome) -> Detail:
    known = {"query_id": query.id, "question": query.question, "kind": query.kind, "sql": query.sql}
    if not isinstance(outcome, Rows):
        return Detail.model_validate(known | {"error": outcome.detail})
    return Detail.model_validate(known | outcome.model_dump(include={"columns", "rows", "row_count", "hash"}))


def _gone() -> DatasetGone:
    return DatasetGone("The dataset has been deleted.")
