"""Parley's API as a small async client: submit, look, answer, cancel, and follow a job whatever the network does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from itertools import chain, repeat
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from parley_common.contracts.events import FINAL_TYPES
from parley_common.errors import PermanentError, RetryableError

Frame = dict[str, Any]
MAX_FRAME = 16 * 2**20
TIMEOUT, PATIENCE = 30, 300  # seconds; files take longer to be stored and made
CLOSED_FOR_GOOD = {4401: "You are not signed in.", 4403: "This is not allowed.", 4404: "There is no such job."}


class Refused(PermanentError):
    """The gateway said no; everything its problem document said is kept."""

    def __init__(self, title: str, detail: str, *, code: str, status: int, trace_id: str | None = None) -> None:
        super().__init__(detail, code=code, status=status)
        self.title = title
        self.trace_id = trace_id


class Unreachable(RetryableError):
    """Nothing answers at the gateway's address."""

    code = "unreachable"


def reconnect_delays() -> Iterator[float]:
    """Seconds to wait before each attempt to reconnect: quick at first, about a minute in all, then no more."""
    return chain((0.1, 0.2, 0.5, 1.0, 2.0), repeat(4.0, 14))


class Client:
    """One user's view of one gateway; use it as an async context manager.

    Raises `Refused` for a problem the gateway reports and `Unreachable` when it cannot be reached.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(base_url=self.url, headers=self._headers, timeout=TIMEOUT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, username: str, password: str) -> str:
        """A bearer token for a registered user."""
        answer = await self._call("POST", "/auth/token", data={"username": username, "password": password})
        return str(answer["access_token"])

    async def enhance(self, prompt: str, *, task: str = "", web: bool = False) -> UUID:
        """Submit an enhancement; the job's id."""
        body = {"task": task, "lazy_prompt": prompt, "use_web_search": web}
        key = {"Idempotency-Key": str(uuid4())}
        return UUID((await self._call("POST", "/api/enhance/", json=body, headers=key))["task_id"])

    async def upload(self, name: str, file: BinaryIO) -> tuple[UUID, UUID]:
        """Send a table; its id as a dataset, and the id of the job that loads it."""
        key = {"Idempotency-Key": str(uuid4())}
        accepted = await self._call("POST", "/datasets", files={"file": (name, file)}, headers=key, timeout=PATIENCE)
        return UUID(accepted["dataset_id"]), UUID(accepted["job_id"])

    async def datasets(self, *, limit: int) -> list[Frame]:
        """The newest datasets."""
        page = await self._call("GET", "/datasets", params={"limit": limit})
        return list(page["datasets"])

    async def dataset(self, dataset: UUID) -> Frame:
        """One dataset: what became of it, and the job that loads it."""
        return Frame(await self._call("GET", f"/datasets/{dataset}"))

    async def loaded(self, dataset: UUID) -> Frame:
        """The same after its job has ended: clients see a job's last event a moment before it is stored."""
        for delay in reconnect_delays():
            found = await self.dataset(dataset)
            if found["status"] in ("completed", "failed"):
                break
            await asyncio.sleep(delay)
        return found

    async def remove_dataset(self, dataset: UUID) -> None:
        """Delete a dataset and its files."""
        await self._call("DELETE", f"/datasets/{dataset}")

    async def upload_document(self, name: str, file: BinaryIO) -> Frame:
        """Send a document; what the gateway says of it, `task_id` being the job that ingests it."""
        key = {"Idempotency-Key": str(uuid4())}
        files = {"file": (name, file)}
        return Frame(await self._call("POST", "/api/upload/", files=files, headers=key, timeout=PATIENCE))

    async def documents(self, *, limit: int, cursor: str | None = None) -> tuple[list[Frame], str | None]:
        """The newest documents, or those behind a cursor, and the cursor to go on from."""
        page = await self._call("GET", "/api/upload/", params={"limit": limit} | ({"cursor": cursor} if cursor else {}))
        return list(page["documents"]), page["next_cursor"]

    async def document(self, document: UUID) -> Frame:
        """One document: what became of it, and how it was read."""
        return Frame(await self._call("GET", f"/api/upload/{document}"))

    async def ingested(self, document: UUID) -> Frame:
        """The same after its job has ended: clients see a job's last event a moment before it is stored."""
        for delay in reconnect_delays():
            found = await self.document(document)
            if found["processing_status"] in ("completed", "failed"):
                break
            await asyncio.sleep(delay)
        return found

    async def reembed(self, document: UUID) -> Frame:
        """Have a document ingested once more, behind whatever is more urgent."""
        key = {"Idempotency-Key": str(uuid4())}
        path, body = f"/api/upload/{document}/reembed", {"priority": "batch"}
        return Frame(await self._call("POST", path, json=body, headers=key))

    async def remove_document(self, document: UUID) -> None:
        """Delete a document with all that was made of it."""
        await self._call("DELETE", f"/api/upload/{document}")

    async def research(self, question: str, *, dataset: UUID, verbose: bool = False, review_plan: bool = False) -> UUID:
        """Ask a question about a dataset that is loaded; the job's id."""
        body = {"dataset_id": str(dataset), "question": question, "verbose": int(verbose), "review_plan": review_plan}
        key = {"Idempotency-Key": str(uuid4())}
        return UUID((await self._call("POST", "/deep-research/jobs/submit", json=body, headers=key))["job_id"])

    async def chat(self, question: str, *, conversation: UUID | None = None) -> tuple[UUID, UUID]:
        """Ask about the user's documents; the job that answers, and the conversation it answers in."""
        body = {"query": question, "conversation_id": str(conversation) if conversation else None}
        headers = {"Idempotency-Key": str(uuid4()), "Prefer": "respond-async"}
        accepted = await self._call("POST", "/api/chat/", json=body, headers=headers)
        return UUID(accepted["job_id"]), UUID(accepted["conversation_id"])

    async def export(self, job: UUID, kind: str) -> bytes:
        """The report of a finished research job as a file of one of the kinds the gateway makes, such as `pdf`."""
        response = await self._request(
            "GET", f"/deep-research/jobs/{job}/export", params={"format": kind}, timeout=PATIENCE
        )
        return response.content

    async def jobs(self, **filters: str | int | None) -> list[Frame]:
        """Snapshots of the newest jobs; filters are `kind`, `status` and `limit`."""
        given = {name: value for name, value in filters.items() if value is not None}
        page = await self._call("GET", "/v1/jobs", params=given)
        return list(page["jobs"])

    async def job(self, job: UUID) -> Frame:
        """The snapshot of one job."""
        return Frame(await self._call("GET", f"/v1/jobs/{job}"))

    async def cancel(self, job: UUID) -> Frame:
        """Cancel a job; its snapshot, not always final yet."""
        return Frame(await self._call("DELETE", f"/v1/jobs/{job}"))

    async def answer(self, job: UUID, question: UUID, *, value: Any = None, declined: bool = False) -> None:
        """Answer a job's open question, or decline to."""
        body = {"declined": True} if declined else {"value": value}
        await self._call("POST", f"/v1/jobs/{job}/questions/{question}/answer", json=body)

    async def dead_letters(self, queue: str | None = None) -> list[Frame]:
        """Messages no service could use; for operators."""
        page = await self._call("GET", "/v1/dead", params={"queue": queue} if queue else {})
        return list(page["items"])

    async def dead_letter(self, letter: str) -> Frame:
        """One dead letter with its headers and body."""
        return Frame(await self._call("GET", f"/v1/dead/{quote(letter, safe='')}"))

    async def replay(self, letter: str) -> None:
        """Put a dead letter back into the queue it came from."""
        await self._call("POST", f"/v1/dead/{quote(letter, safe='')}/replay")

    async def follow(self, job: UUID, *, since: int = 0) -> AsyncGenerator[Frame]:
        """Every event after `since` in order, each once, until the final one; other frames pass as they come.

        A lost connection is resumed by cursor; a frame of the client's own, `reconnecting`, says so.
        """
        cursor = since
        delays: Iterator[float] = iter(())
        while True:
            failure: Exception | None = None
            try:
                async with aclosing(self._connection(job, cursor)) as frames:
                    async for frame in frames:
                        if frame["type"] != "hello":
                            delays = reconnect_delays()
                        seq = frame.get("seq")
                        if seq is not None and seq <= cursor:
                            continue
                        cursor = seq or cursor
                        yield frame
                        if frame["type"] in FINAL_TYPES:
                            return
            except (OSError, InvalidHandshake, ConnectionClosed) as error:
                failure = error
            if (delay := next(delays, None)) is None:
                raise Unreachable(self.url) from failure
            yield {"type": "reconnecting"}
            await asyncio.sleep(delay)

    async def _connection(self, job: UUID, cursor: int) -> AsyncGenerator[Frame]:
        address = self.url.replace("http", "ws", 1) + "/v1/ws"
        try:
            async with connect(address, additional_headers=self._headers, max_size=MAX_FRAME) as socket:
                await socket.send(json.dumps({"type": "subscribe", "job": str(job), "since": cursor}))
                async for raw in socket:
                    frame = Frame(json.loads(raw))
                    if frame["type"] == "error" and frame["code"] != RetryableError.code:
                        raise _refusal(400, {"title": "The gateway refused", **frame})
                    if frame["type"] in ("reconnect", "error"):
                        await asyncio.sleep(frame.get("after_ms", 0) / 1000)
                        return
                    yield frame
        except InvalidStatus as error:
            if error.response.status_code < 500:
                raise _refusal(error.response.status_code, {}) from error
            raise
        except ConnectionClosed as error:
            if error.rcvd and error.rcvd.code in CLOSED_FOR_GOOD:
                raise _refusal(error.rcvd.code - 4000, {"title": CLOSED_FOR_GOOD[error.rcvd.code]}) from error
            raise

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        response = await self._request(method, path, **options)
        return _document(response) if response.content else {}

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unreachable(self.url) from error
        if not response.is_success:
            raise _refusal(response.status_code, _document(response) if response.content else {})
        return response


def _document(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        where = f"{response.request.method} {response.url}"
        body = {"title": "This is not an answer of Parley's gateway", "detail": where}
        raise _refusal(response.status_code, body) from None


def _refusal(status: int, body: Mapping[str, Any]) -> Refused:
    return Refused(
        str(body.get("title") or f"HTTP {status}"),
        str(body.get("detail") or ""),
        code=str(body.get("code") or f"http_{status}"),
        status=int(body.get("status") or status),
        trace_id=body.get("trace_id"),
    )
