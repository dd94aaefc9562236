"""Taking in datasets and letting them go: the upload becomes a blob, its row and its loading job one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from starlette.datastructures import UploadFile
from uuid_utils.compat import uuid7

from parley_common.contracts.datasets import ANSWER, PROFILE, TABLE, LoadDataset, LoadedDataset
from parley_common.contracts.jobs import Options, Problem, Status
from parley_common.errors import Conflict
from parley_common.storage.blobs import Blobs, key_of, prefix_of
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.dataset import Dataset, DatasetDetails
from parley_gateway.domain.processing import processing_problem, processing_status
from parley_gateway.domain.projection import JobSnapshot
from parley_gateway.idempotency import Answer, IdempotencyKey
from parley_gateway.security.principal import Principal
from parley_gateway.store import datasets
from parley_gateway.work.cancellations import Cancellations, Finished
from parley_gateway.work.files import Intake, Kept
from parley_gateway.work.submissions import Submissions

KIND = "load_dataset"
AT_ONCE = 100


class DatasetNotReady(Conflict):
    """There is no table yet, or there never will be."""

    code = "dataset_not_ready"


class Uploads:
    """Takes in tables, and removes their files when nobody may see them any more."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        *,
        intake: Intake,
        submissions: Submissions,
        cancellations: Cancellations,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._intake = intake
        self._submissions = submissions
        self._cancellations = cancellations

    async def add(self, user: Principal, file: UploadFile, *, options: Options, key: IdempotencyKey | None) -> Answer:
        """Store the file and begin to load it; a repeat with the same key stores nothing.

        Raises `BlobTooLarge`, or `Invalid` if there is none.
        """
        async with self._intake.taking(file) as kept:
            answer = await self._submit(user, kept, options=options, key=key)
        if answer.replayed:
            await self._intake.discard(kept.key)
        return answer

    async def _submit(self, user: Principal, kept: Kept, *, options: Options, key: IdempotencyKey | None) -> Answer:
        identity, name = uuid7(), kept.name

        async def add_row(transaction: Transaction, job: UUID) -> None:
            await datasets.add(transaction, identity, owner=user.user, name=name, upload=kept.key, job=job)

        return await self._submissions.submit(
            user,
            KIND,
            work=LoadDataset(dataset=identity, upload=kept.key, filename=name),
            options=options,
            key=key,
            subject=identity,
            beside=add_row,
            answer=lambda job: {"dataset_id": str(identity), "name": name, "status": "pending", "job_id": str(job)},
        )

    async def table(self, loaded: LoadedDataset) -> AsyncIterator[bytes]:
        """The Parquet file of a dataset in pieces; raises `BlobNotFound` if it is gone."""
        await self._blobs.size(loaded.table)
        return self._blobs.read(loaded.table)

    async def remove(self, user: Principal, identity: UUID) -> None:
        """The dataset is gone at once, its files as soon as nothing reads them. Raises `NotFound`."""
        async with self._database.transaction() as transaction:
            loading = await datasets.forget(transaction, user.user, identity)
        try:
            ending = await self._cancellations.request(user, loading)
        except Finished:
            ending = False
        if not ending:
            await self.remove_files()

    async def remove_files(self) -> None:
        """Delete what belongs to datasets that were let go; safe to do from several processes at once."""
        async with self._database.transaction() as transaction:
            rows = await datasets.forgotten(transaction, limit=AT_ONCE)
            for row in rows:
                await self._delete(row)
            if rows:
                await datasets.remove(transaction, [row.id for row in rows])

    async def remove_orphans(self) -> None:
        """Delete old uploads that never became a dataset."""
        await self._intake.remove_orphans(self._database, datasets.uploads_among)

    async def _delete(self, row: Row[Any]) -> None:
        for key in (row.upload, key_of(TABLE, row.id), key_of(PROFILE, row.id)):
            await self._blobs.delete(key)
        if row.result:
            table = LoadedDataset.model_validate(row.result).profile
            await self._blobs.delete_all(prefix_of(ANSWER, table.hash))


def summary_of(row: Row[Any]) -> Dataset:
    return Dataset.model_validate(_common(row, row))


def details_of(row: Row[Any], loading: JobSnapshot) -> DatasetDetails:
    """A dataset whose loading job is as in `loading`, which may be newer than what is stored."""
    loaded = _loaded(loading)
    return DatasetDetails.model_validate(_common(row, loading) | {"profile": loaded.profile if loaded else None})


def loaded_of(loading: JobSnapshot) -> LoadedDataset:
    """What came of loading a dataset; raises `DatasetNotReady`."""
    if loaded := _loaded(loading):
        return loaded
    why = processing_problem(loading.status, loading.error)
    raise DatasetNotReady(
        f"The dataset is not loaded: {why.detail if why else f'it is {processing_status(loading.status)}.'}"
    )


def _loaded(loading: Row[Any] | JobSnapshot) -> LoadedDataset | None:
    return LoadedDataset.model_validate(loading.result) if loading.result else None


def _common(row: Row[Any], loading: Row[Any] | JobSnapshot) -> dict[str, Any]:
    loaded, status = _loaded(loading), Status(loading.status)
    error = Problem.model_validate(loading.error) if loading.error else None
    return {
        "dataset_id": row.id,
        "name": row.name,
        "status": processing_status(status),
        "job_id": row.job,
        "rows": loaded.profile.rows if loaded else None,
        "size": loaded.profile.size if loaded else None,
        "error": processing_problem(status, error),
        "created_at": row.created_at,
    }
