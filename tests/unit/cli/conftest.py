"""A scripted gateway on a real port, and a real terminal to run `parley` in."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import FastAPI, Form, Request, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, PlainTextResponse
from typer.testing import CliRunner, Result

from parley_standalone.cli.app import app

JOB = "01900000-0000-7000-8000-000000000001"
QUESTION = "01900000-0000-7000-8000-000000000002"
DATASET = "01900000-0000-7000-8000-000000000003"
CONVERSATION = "01900000-0000-7000-8000-000000000005"
DOCUMENT = "01900000-0000-7000-8000-000000000004"
Frame = dict[str, Any]
Scripted = tuple[str, Frame]
RESULT = {
    "result": "Write a formal mail.",
    "changed": True,
    "summary": "Added the tone.",
    "checklist": [{"element": "tone", "before": False, "after": True}],
    "question": {"question": "What tone?", "answer": "formal", "outcome": "answered"},
    "mode": "offline",
}
PARLEY = [sys.executable, "-m", "parley_standalone.cli"]


def problem(status: int, code: str, title: str, detail: str) -> JSONResponse:
    body = {"type": f"urn:parley:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}
    return JSONResponse({**body, "trace_id": "abc123"}, status, media_type="application/problem+json")


class FakeGateway:
    """One job. It plays `opening`, waits at a question for an answer or a cancellation, then plays `ending`."""

    def __init__(self) -> None:
        self.kind = "enhance"
        self.partial: Frame | None = None
        self.loading: list[str] = []
        self.removed: list[str] = []
        self.opening: list[Scripted] = [
            ("job.accepted", {"kind": "enhance"}),
            ("job.started", {"attempt": 1, "mode": "offline"}),
            ("job.progress", {"fraction": 0.2, "stage": "Finding gaps"}),
        ]
        self.ending: list[Scripted] = [
            ("message.delta", {"message_id": "m", "delta": "Write a ", "offset": 0}),
            ("message.delta", {"message_id": "m", "delta": "formal mail.", "offset": 8}),
            ("job.completed", {"result": RESULT}),
        ]
        self.refusals: dict[str, JSONResponse] = {}
        self.submitted: list[Frame] = []
        self.answers: list[Frame] = []
        self.subscriptions: list[int] = []
        self.tokens: set[str | None] = set()
        self.replayed: list[str] = []
        self.drop_after: set[int] = set()
        self._log: list[Frame] = []
        self._more = asyncio.Event()
        self.url = ""

    def ask(self, **data: Any) -> None:
        """Make the job stop at a question after its opening."""
        asked: Frame = {"question_id": QUESTION, "prompt": "What tone?", "schema": {"type": "string"}, "options": None}
        later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        self.opening.append(("question.asked", {**asked, "default": None, "expires_at": later, **data}))

    def play(self, *events: Scripted) -> None:
        """Send these events; all but deltas are numbered."""
        for kind, data in events:
            seq = None if kind == "message.delta" else 1 + sum(each["seq"] is not None for each in self._log)
            time = "2026-01-01T00:00:00Z"
            self._log.append({"type": kind, "job": JOB, "epoch": 1, "seq": seq, "time": time, "data": data})
        more, self._more = self._more, asyncio.Event()
        more.set()

    @property
    def question(self) -> Frame | None:
        asked = [data for kind, data in self.opening if kind == "question.asked"]
        return asked[0] if asked and not self.answers else None

    def snapshot(self) -> Frame:
        ends = {"job.completed": "completed", "job.failed": "failed", "job.cancelled": "cancelled"}
        last: Frame = self._log[-1] if self._log else {"type": "job.accepted", "data": {}}
        status = ends.get(last["type"], "waiting" if self.question else "running")
        return {
            "id": JOB, "kind": self.kind, "status": status, "stage": "Finding gaps", "progress": 0.2, "attempts": 1,
            "created_at": "2026-01-01T00:00:00Z", "question": self.question, "mode": "offline", "model": None,
            "usage": {"calls": 0, "tokens_in": 0, "tokens_out": 0, "cost": None},
            "result": last["data"].get("result"), "error": last["data"].get("problem"),
            "partial": last["data"].get("partial"),
        }  # fmt: skip

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def refuse(request: Request, proceed: Callable[[Request], Any]) -> Any:
            self.tokens.add(request.headers.get("authorization"))
            return self.refusals.pop(request.url.path, None) or await proceed(request)

        @app.post("/api/enhance/", status_code=202)
        async def submit(body: Frame) -> Frame:
            self.submitted.append(body)
            self.play(*self.opening, *([] if self.question else self.ending))
            return {"task_id": JOB, "status": "processing"}

        @app.get("/v1/jobs")
        async def jobs() -> Frame:
            return {"jobs": [self.snapshot()], "next_cursor": None}

        @app.get("/v1/jobs/{job}")
        async def job(job: str) -> Any:
            return self.snapshot() if job == JOB else problem(404, "not_found", "Not found", "No such job.")

        @app.delete("/v1/jobs/{job}")
        async def cancel(job: str) -> Frame:
            self.play(("job.cancelled", {"partial": self.partial}))
            return self.snapshot()

        @app.post("/v1/jobs/{job}/questions/{question}/answer")
        async def answer(job: str, question: str, body: Frame) -> Frame:
            self.answers.append(body)
            self.play(("question.answered", {"question_id": question, "answer_id": "a", **body}), *self.ending)
            return {}

        @app.websocket("/v1/ws")
        async def socket(socket: WebSocket) -> None:
            await socket.accept()
            self.tokens.add(socket.headers.get("authorization"))
            await socket.send_json({"type": "hello"})
            await self._serve(socket)

        self._add_operators_and_accounts(app)
        self._add_research(app)
        self._add_documents(app)
        self._add_chat(app)
        return app

    def _add_chat(self, app: FastAPI) -> None:
        @app.post("/api/chat/", status_code=202)
        async def ask(body: Frame) -> Frame:
            self.submitted.append(body)
            self.play(*self.opening, *self.ending)
            return {"job_id": JOB, "conversation_id": CONVERSATION, "status": "processing"}

    def _add_research(self, app: FastAPI) -> None:
        dataset = {"dataset_id": DATASET, "name": "sales.csv", "status": "completed", "job_id": JOB, "rows": 3}

        @app.get("/datasets")
        async def datasets() -> Frame:
            return {"datasets": [{**dataset, "created_at": "2026-01-01T00:00:00Z"}], "next_cursor": None}

        @app.get("/datasets/{identity}")
        async def one(identity: str) -> Any:
            if identity != DATASET:
                return problem(404, "not_found", "Not found", "No such dataset.")
            return {**dataset, "status": self.loading.pop(0)} if self.loading else dataset

        @app.delete("/datasets/{identity}", status_code=204)
        async def remove(identity: str) -> None:
            self.removed.append(identity)

        @app.post("/deep-research/jobs/submit", status_code=202)
        async def submit(body: Frame) -> Any:
            if self.loading:
                return problem(409, "dataset_not_ready", "Dataset not ready", "It is processing.")
            self.submitted.append(body)
            self.play(*self.opening, *([] if self.question else self.ending))
            return {"success": True, "job_id": JOB, "status": "pending"}

        @app.get("/deep-research/jobs/{job}/export")
        async def export(job: str, format: str) -> PlainTextResponse:
            return PlainTextResponse(f"as {format}")

    def _add_documents(self, app: FastAPI) -> None:
        """One document, ingested by the one job; how it ends is what `ending` says."""

        def document() -> Frame:
            status = "failed" if self.snapshot()["status"] == "failed" else "completed"
            return {"id": DOCUMENT, "filename": "log.txt", "processing_status": status, "pages": None, "chunks": 3}

        def accepted(**more: Any) -> Frame:
            self.play(*self.opening, *self.ending)
            return {"id": DOCUMENT, "filename": "log.txt", "task_id": JOB, "duplicate": False, **more}

        @app.post("/api/upload/", status_code=202)
        async def upload(file: UploadFile) -> Frame:
            self.submitted.append({"name": file.filename, "content": (await file.read()).decode()})
            return accepted(duplicate=len(self.submitted) > 1)

        @app.get("/api/upload/")
        async def documents(cursor: str | None = None) -> Frame:
            shown = {**document(), "uploaded_at": "2026-01-01T00:00:00Z"}
            return {"documents": [shown], "next_cursor": None if cursor else "behind"}

        @app.get("/api/upload/{identity}")
        async def one(identity: str) -> Frame:
            return document() | {"notes": ["Page 2 holds only images and was not read."]}

        @app.post("/api/upload/{identity}/reembed", status_code=202)
        async def reembed(identity: str, body: Frame) -> Frame:
            self.submitted.append(body)
            return accepted()

        @app.delete("/api/upload/{identity}", status_code=204)
        async def remove(identity: str) -> None:
            self.removed.append(identity)

    def _add_operators_and_accounts(self, app: FastAPI) -> None:
        @app.post("/auth/token")
        async def token(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> Any:
            if password != "correct horse":
                return problem(401, "invalid_credentials", "Invalid credentials", "Wrong name or password.")
            return {"access_token": f"token-of-{username}", "token_type": "bearer", "expires_in": 60}

        @app.get("/v1/dead")
        async def letters() -> Frame:
            return {"items": [{"id": "7", "queue": "enhancer.control", "key": "enhancer.answer.v1", "reason": "bad"}]}

        @app.post("/v1/dead/{letter}/replay")
        async def replay(letter: str) -> Frame:
            self.replayed.append(letter)
            return {}

    async def _serve(self, socket: WebSocket) -> None:
        since = (await socket.receive_json())["since"]
        self.subscriptions.append(since)
        await socket.send_json({"type": "subscribed", "job": JOB, "epoch": 1, "from": since, "to": len(self._log)})
        sent = 0
        try:
            while True:
                more = self._more
                for each in self._log[sent:]:
                    sent += 1
                    if each["seq"] is None or each["seq"] > since:
                        await socket.send_json(each)
                    if each["seq"] in self.drop_after:
                        self.drop_after.remove(each["seq"])
                        return await socket.close(1012)
                await more.wait()
        except WebSocketDisconnect:
            return None


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    server = uvicorn.Server(uvicorn.Config(fake.app(), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    fake.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield fake
    server.should_exit = server.force_exit = True
    thread.join()


def wait_for(condition: Callable[[], object], timeout: float = 20) -> None:
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


@pytest.fixture
def parley(gateway: FakeGateway) -> Callable[..., Result]:
    """Runs `parley` without a terminal, as a program would."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> Result:
        env = {"PARLEY_URL": gateway.url, "PARLEY_TOKEN": None, **environment}
        return CliRunner().invoke(app, arguments, input=stdin, env=env)

    return run


class Terminal:
    """`parley` in a pseudo-terminal, as a person sees it."""

    def __init__(self, url: str, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        env = {**os.environ, "PARLEY_URL": url, "TERM": "xterm", "COLUMNS": "120"}
        self._process = subprocess.Popen([*PARLEY, *arguments], stdin=slave, stdout=slave, stderr=slave, env=env)
        os.close(slave)
        self.seen = ""

    def wait_for(self, text: str, timeout: float = 30) -> None:
        end = time.monotonic() + timeout
        while text not in self.seen:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} not in {self.seen!r}")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def exit_code(self, timeout: float = 30) -> int:
        end = time.monotonic() + timeout
        while self._read(end - time.monotonic()):
            pass
        return self._process.wait(timeout)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def _read(self, timeout: float) -> bool:
        if not select.select([self._master], [], [], max(0, timeout))[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


@pytest.fixture
def terminal(gateway: FakeGateway) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str) -> Terminal:
        opened.append(Terminal(gateway.url, *arguments))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.close()
