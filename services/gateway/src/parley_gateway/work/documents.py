"""Taking in documents, changing them and letting them go: each one transaction with the job that does the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from starlette.datastructures import UploadFile
from uuid_utils.compat import uuid7

from parley_common.contracts.documents import ForgetDocument, IngestDocument
from parley_common.contracts.jobs import Options, Status
from parley_common.documents import HEAD, kind_of
from parley_common.errors import Conflict
from parley_common.storage.database import Database
from parley_common.storage.transaction import Transaction
from parley_gateway.domain.document import DocumentAccepted
from parley_gateway.domain.processing import processing_status
from parley_gateway.idempotency import Answer, IdempotencyKey, remember, replay
from parley_gateway.live.following import Following
from parley_gateway.security.principal import Principal
from parley_gateway.store import documents
from parley_gateway.work.cancellations import Cancellations
from parley_gateway.work.files import Intake, Kept, name_of
from parley_gateway.work.submissions import Submissions, answer_of

INGEST, FORGET = "ingest_document", "forget_document"
UNNAMED = "document"
AT_ONCE = 100
_VAIN = frozenset({Status.FAILED, Status.CANCELLED})


class NotFailed(Conflict):
    """There is nothing to try again."""

    code = "document_not_failed"


class InProgress(Conflict):
    """It is being ingested already."""

    code = "document_in_progress"


class Library:
    """Begins the jobs that ingest and remove documents; what it has accepted is done, whatever dies."""

    def __init__(
        self,
        database: Database,
        *,
        intake: Intake,
        following: Following,
        submissions: Submissions,
        cancellations: Cancellations,
    ) -> None:
        self._database = database
        self._intake = intake
        self._following = following
        self._submissions = submissions
        self._cancellations = cancellations

    async def add(self, user: Principal, file: UploadFile, *, options: Options, key: IdempotencyKey | None) -> Answer:
        """Store the file and begin to ingest it; content that its owner has uploaded before is not stored again.

        Raises `BlobTooLarge`, `UnsupportedDocument`, or `Invalid` if there is no file.
        """
        self._submissions.check(options)
        media_type = await _kind(file)
        async with self._intake.taking(file) as kept:
            answer, used = await self._add(user, kept, media_type=media_type, options=options, key=key)
        if not used:
            await self._intake.discard(kept.key)
        return answer

    async def replace(self, user: Principal, identity: UUID, file: UploadFile, *, options: Options) -> Answer:
        """Ingest another file as the next version of a document; the present one is searched until that is done.

        Raises what `add` raises, `NotFound`, or `SameContent`.
        """
        self._submissions.check(options)
        media_type = await _kind(file)
        async with self._intake.taking(file) as kept, self._database.transaction() as transaction:
            before = row = await documents.lock(transaction, user.user, identity)
            changed, status = before.hash != kept.hash, self._status(before)
            if changed:
                await self._cancellations.within(transaction, user.user, before.job)
            if changed or status in _VAIN:
                columns = _columns(kept, media_type) if changed else {}
                row = await self._restart(transaction, before, options, status=status, **columns)
                status = Status.PENDING
        await self._intake.discard(before.upload if changed else kept.key)
        return answer_of(row.job, accepted(row, status, duplicate=not changed))

    async def again(
        self, user: Principal, identity: UUID, *, options: Options, key: IdempotencyKey | None, failed: bool
    ) -> Answer:
        """Ingest a document once more; with `failed`, only one that failed.

        Raises `NotFound`, `NotFailed` or `InProgress`.
        """
        self._submissions.check(options)
        async with self._database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first
            row = await documents.lock(transaction, user.user, identity)
            status = self._status(row)
            if failed and status not in _VAIN:
                raise NotFailed(f"Only a document that failed is tried again; this one is {processing_status(status)}.")
            if status not in _VAIN | {Status.COMPLETED}:
                raise InProgress("The document is being ingested already.")
            row = await self._restart(transaction, row, options, status=status)
            answer = answer_of(row.job, accepted(row, Status.PENDING))
            await remember(transaction, key, answer)
        return answer

    async def remove(self, user: Principal, identity: UUID) -> None:
        """The document is gone at once; a job removes all there is of it. Raises `NotFound`."""
        async with self._database.transaction() as transaction:
            row = await documents.lock(transaction, user.user, identity)
            await self._cancellations.within(transaction, user.user, row.job)
            await self._forget(transaction, row)

    async def remove_rows(self) -> None:
        """Forget documents of which nothing is left, and begin again to remove those whose removal failed."""
        async with self._database.transaction() as transaction:
            rows = await documents.ended(transaction, limit=AT_ONCE)
            for row in rows:
                if row.status in _VAIN:
                    await self._forget(transaction, row)
            if gone := [row.id for row in rows if row.status not in _VAIN]:
                await documents.remove(transaction, gone, kind=INGEST)

    async def _add(
        self, user: Principal, kept: Kept, *, media_type: str, options: Options, key: IdempotencyKey | None
    ) -> tuple[Answer, bool]:
        """What to answer, and whether the file is needed."""
        new = {"id": uuid7(), "owner": user.user, "job": uuid7(), **_columns(kept, media_type)}
        async with self._database.transaction() as transaction:
            if first := await replay(transaction, key):
                return first, False
            if is_new := await documents.add(transaction, new):
                await self._ingest(transaction, new | {"version": 1}, options)
            row = await documents.like(transaction, user.user, kept.hash)
            status = Status.PENDING if is_new else self._status(row)
            if status in _VAIN:
                row = await self._restart(transaction, row, options, status=status)
                status = Status.PENDING
            answer = answer_of(row.job, accepted(row, status, duplicate=not is_new))
            await remember(transaction, key, answer)
        return answer, is_new

    def _status(self, row: Row[Any]) -> Status:
        """How its job stands now: clients see an end a moment before it is stored, and act on what they see."""
        return self._following.status(row.job, Status(row.status), epoch=row.epoch, seq=row.seq)

    async def _restart(
        self, transaction: Transaction, row: Row[Any], options: Options, *, status: Status, **columns: Any
    ) -> Row[Any]:
        """Ingest what the document is with these columns as its next version; `status` is that of the present one."""
        previous = row.job if status is Status.COMPLETED else row.previous
        columns |= {"version": row.version + 1, "job": uuid7(), "previous": previous}
        await documents.change(transaction, row, **columns)
        await self._ingest(transaction, dict(row._mapping) | columns, options)
        return await documents.lock(transaction, row.owner, row.id)

    async def _ingest(self, transaction: Transaction, document: Mapping[str, Any], options: Options) -> None:
        work = IngestDocument(
            document=document["id"],
            version=document["version"],
            upload=document["upload"],
            filename=document["name"],
            media_type=document["media_type"],
        )
        owner, subject, job = document["owner"], document["id"], document["job"]
        await self._submissions.accept(
            transaction, owner, INGEST, work=work, options=options, subject=subject, identity=job
        )

    async def _forget(self, transaction: Transaction, row: Row[Any]) -> None:
        work = ForgetDocument(document=row.id, upload=row.upload)
        job = await self._submissions.accept(
            transaction, row.owner, FORGET, work=work, options=Options(), subject=row.id
        )
        await documents.hide(transaction, row.id, job=job)


def accepted(row: Row[Any], status: Status, *, duplicate: bool = False) -> Any:
    """What is answered to whoever uploaded it."""
    return DocumentAccepted(
        id=row.id,
        filename=row.name,
        processing_status=processing_status(status),
        task_id=row.job,
        uploaded_at=row.created_at,
        version=row.version,
        duplicate=duplicate,
    ).model_dump(mode="json")


def _columns(kept: Kept, media_type: str) -> dict[str, Any]:
    return {
        "name": kept.name,
        "media_type": media_type,
        "size": kept.size,
        "hash": kept.hash,
        "upload": kept.key,
    }


async def _kind(file: UploadFile) -> str:
    """The media type of a file, by its first bytes; raises `UnsupportedDocument`."""
    head = await file.read(HEAD)
    await file.seek(0)
    return kind_of(head, name_of(file.filename or "", otherwise=UNNAMED))
