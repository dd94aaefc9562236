"""`/api/upload`: documents to be searched and cited; upload, watch, read, change, delete."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from parley_common.contracts.jobs import Options
from parley_gateway.api.options import FormOptions
from parley_gateway.core import Provided
from parley_gateway.domain.document import Document, DocumentAccepted, DocumentDetails, DocumentState, DocumentText
from parley_gateway.export.exported import attachment
from parley_gateway.idempotency import Idempotent
from parley_gateway.problems import ProblemBody
from parley_gateway.security.principal import CurrentUser
from parley_gateway.work.reading import summary_of

router = APIRouter(prefix="/api/upload", tags=["documents"])

Sent = Annotated[
    UploadFile, File(description="PDF, DOCX, PPTX, XLSX, EPUB, HTML, Markdown, CSV, e-mail or plain text.")
]
REFUSED: dict[int | str, dict[str, object]] = {
    413: {"model": ProblemBody, "description": "The file is too large."},
    415: {"model": ProblemBody, "description": "A file of this kind is not taken."},
}
UNKNOWN: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody, "description": "You have no such document."}}


class DocumentPage(BaseModel):
    """The newest documents first; `next_cursor` leads to the older ones, `null` where there are none."""

    documents: list[Document]
    next_cursor: str | None


@router.post(
    "",
    status_code=202,
    response_model=DocumentAccepted,
    responses=REFUSED,
    form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 2100},
)
async def upload(file: Sent, user: CurrentUser, core: Provided, key: Idempotent, options: FormOptions) -> Response:
    """Upload a document; `Location` is the job that makes it searchable.

    Content you have uploaded before is not ingested again: the answer is the document there is, with `duplicate`.
    """
    return (await core.library.add(user, file, options=options, key=key)).response()


@router.get("")
async def list_documents(
    user: CurrentUser,
    core: Provided,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> DocumentPage:
    """Your documents."""
    found = await core.documents.page(user.user, limit=limit + 1, before=cursor)
    more = len(found) > limit
    return DocumentPage(
        documents=[summary_of(row) for row in found[:limit]], next_cursor=str(found[limit - 1].id) if more else None
    )


@router.get("/{document}", responses=UNKNOWN)
async def get_document(document: UUID, user: CurrentUser, core: Provided) -> DocumentDetails:
    """One document, with how it was read."""
    return await core.reading.details(user, document)


@router.get("/{document}/status", responses=UNKNOWN)
async def get_status(document: UUID, user: CurrentUser, core: Provided) -> DocumentState:
    """How far a document is from being searchable, to be asked again and again; its job can be followed instead."""
    return await core.reading.state(user, document)


@router.get(
    "/{document}/text",
    responses=UNKNOWN | {409: {"model": ProblemBody, "description": "No version of it has been read yet."}},
)
async def get_text(
    document: UUID,
    user: CurrentUser,
    core: Provided,
    start: Annotated[int, Query(ge=0, description="The first character wanted.")] = 0,
    end: Annotated[int | None, Query(ge=0, description="The first one not wanted; beyond the end is the end.")] = None,
    version: Annotated[int | None, Query(ge=1, description="The searched one unless said otherwise.")] = None,
) -> DocumentText:
    """The text that citations count characters of, or a part of it."""
    return await core.reading.text(user, document, start=start, end=end, version=version)


@router.get(
    "/{document}/file",
    response_class=StreamingResponse,
    responses=UNKNOWN | {200: {"content": {"application/octet-stream": {}}}},
)
async def download(document: UUID, user: CurrentUser, core: Provided) -> StreamingResponse:
    """The file as it was uploaded."""
    original = await core.reading.original(user, document)
    headers = {"Content-Disposition": attachment(original.name), "Content-Length": str(original.size)}
    return StreamingResponse(original.content, media_type=original.media_type, headers=headers)


@router.put(
    "/{document}",
    status_code=202,
    response_model=DocumentAccepted,
    responses=UNKNOWN
    | REFUSED
    | {409: {"model": ProblemBody, "description": "Another document of yours has this content."}},
    form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 2100},
)
async def replace(document: UUID, file: Sent, user: CurrentUser, core: Provided, options: FormOptions) -> Response:
    """Replace a document's file; what there was is searched until the new version is ready."""
    return (await core.library.replace(user, document, file, options=options)).response()


@router.post(
    "/{document}/retry",
    status_code=202,
    response_model=DocumentAccepted,
    responses=UNKNOWN | {409: {"model": ProblemBody, "description": "The document has not failed."}},
)
async def retry(document: UUID, user: CurrentUser, core: Provided, key: Idempotent) -> Response:
    """Try a document again that failed."""
    return (await core.library.again(user, document, options=Options(), key=key, failed=True)).response()


@router.post(
    "/{document}/reembed",
    status_code=202,
    response_model=DocumentAccepted,
    responses=UNKNOWN | {409: {"model": ProblemBody, "description": "The document is being ingested already."}},
)
async def reembed(
    document: UUID, user: CurrentUser, core: Provided, key: Idempotent, options: Options | None = None
) -> Response:
    """Ingest a document once more, as after a change of the embedding model; what there is stays until that is done."""
    return (await core.library.again(user, document, options=options or Options(), key=key, failed=False)).response()


@router.delete("/{document}", status_code=204, responses=UNKNOWN)
async def delete_document(document: UUID, user: CurrentUser, core: Provided) -> None:
    """Delete a document; it is gone at once, and a job removes its passages, its text and its file."""
    await core.library.remove(user, document)
