"""`/datasets`: upload a table, see how it was read, ask about it elsewhere."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from parley_gateway.api.options import FormOptions
from parley_gateway.core import Provided
from parley_gateway.domain.dataset import Dataset, DatasetDetails
from parley_gateway.domain.processing import ProcessingStatus
from parley_gateway.export.exported import attachment, stem
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser
from parley_gateway.work.datasets import details_of, loaded_of, summary_of

PARQUET = "application/vnd.apache.parquet"

router = APIRouter(prefix="/datasets", tags=["datasets"])


class DatasetAccepted(BaseModel):
    """An upload that is being loaded by `job_id`, which can be followed like any job."""

    dataset_id: UUID
    name: str
    status: ProcessingStatus
    job_id: UUID


class DatasetPage(BaseModel):
    """The newest datasets first; `next_cursor` leads to the older ones, `null` where there are none."""

    datasets: list[Dataset]
    next_cursor: str | None


@router.post(
    "",
    status_code=202,
    response_model=DatasetAccepted,
    responses={413: {"model": ProblemBody}, 415: {"model": ProblemBody}},
    # What is not the file is held in memory.
    form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 1024},
)
async def upload(
    file: Annotated[UploadFile, File(description="CSV, TSV, JSON, NDJSON, Parquet or XLSX.")],
    user: CurrentUser,
    core: Provided,
    key: Idempotent,
    options: FormOptions,
) -> Response:
    """Upload a table; `Location` is the job that loads it."""
    return (await core.uploads.add(user, file, options=options, key=key)).response()


@router.get("")
async def list_datasets(
    user: CurrentUser,
    core: Provided,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> DatasetPage:
    """Your datasets."""
    found = await core.datasets.page(user.user, limit=limit + 1, before=cursor)
    more = len(found) > limit
    return DatasetPage(
        datasets=[summary_of(row) for row in found[:limit]], next_cursor=str(found[limit - 1].id) if more else None
    )


@router.get("/{dataset}", responses={404: {"model": ProblemBody}})
async def get_dataset(dataset: UUID, user: CurrentUser, core: Provided) -> DatasetDetails:
    """One dataset, with its columns and how each was read."""
    row = await core.datasets.get(user.user, dataset)
    return details_of(row, await core.following.snapshot(user.user, row.job))


@router.get(
    "/{dataset}/parquet",
    response_class=StreamingResponse,
    responses={
        200: {"content": {PARQUET: {}}},
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "The dataset is not loaded."},
    },
)
async def download_table(dataset: UUID, user: CurrentUser, core: Provided) -> StreamingResponse:
    """The table as queries see it, as one Parquet file: what an exported notebook runs on."""
    row = await core.datasets.get(user.user, dataset)
    table = await core.uploads.table(loaded_of(await core.following.snapshot(user.user, row.job)))
    headers = {"Content-Disposition": attachment(f"{stem(row.name) or 'dataset'}.parquet")}
    return StreamingResponse(table, media_type=PARQUET, headers=headers)


@router.delete("/{dataset}", status_code=204, responses={404: {"model": ProblemBody}})
async def delete_dataset(dataset: UUID, user: CurrentUser, core: Provided) -> None:
    """Delete a dataset and its files; what was found in it stays with its jobs."""
    await core.uploads.remove(user, dataset)
