"""`make demo`: one job of every kind on a private system, through the real HTTP and WebSocket ports, live.

The system is a process of its own on a free port, with its data in a folder that is gone afterwards. It uses a model
if `OPENAI_API_KEY` or `OPENAI_BASE_URL` is set, and works offline otherwise.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from uuid import UUID

import httpx
import typer

from parley_common.contracts.events import FINAL_TYPES
from parley_common.errors import ParleyError, PermanentError
from parley_standalone.cli.chat import cited
from parley_standalone.cli.events import describe
from parley_standalone.cli.report import answer, print_all
from parley_standalone.cli.results import cost_line, enhancement_notes, result_text
from parley_standalone.cli.terminal import out, safe
from parley_standalone.client import Client, Frame
from parley_standalone.samples import bookshop
from parley_standalone.servers.ports import LOOPBACK, free_port
from parley_standalone.servers.process import Process

START_TIMEOUT = 60
TASK = "Product copy for an online shop"
PROMPT = "write something about our new hiking boots, 3 colours, costs 129 EUR, don't mention the old model"
QUESTION = "What is the total revenue by region, and how did the total revenue develop month by month?"
HANDBOOK = Path(__file__).with_name("samples") / "handbook.md"
QUESTIONS = ("Can a customer return a damaged book without a receipt?", "And opened games?")
ANSWER = "weekend hikers who do not know us yet, so keep it friendly"


class DemoError(PermanentError):
    """The demo could not go on; the message says why."""


async def enhancement(client: Client) -> None:
    """Seed flow: submit a lazy prompt, be asked, answer, get the better prompt."""
    typer.echo(f"Task:   {TASK}\nPrompt: {PROMPT}\n")
    job = await client.enhance(PROMPT, task=TASK)
    snapshot = await _run_to_end(client, job, reply=ANSWER)
    result = snapshot["result"]
    typer.echo(f"\nEnhanced prompt\n---------------\n{result_text(result)}\n")
    for note in enhancement_notes(result):
        typer.echo(note)
    typer.echo(f"\n{cost_line(snapshot)}; {_seconds(snapshot):.2f} s from submission to result")


async def research(client: Client) -> None:
    """Upload a table, ask about it, get an answer whose every number names its cell."""
    typer.echo(f"Table:    {bookshop.FILE.name} (the sales of an invented bookshop)\nQuestion: {QUESTION}\n")
    with bookshop.FILE.open("rb") as file:
        dataset, loading = await client.upload(bookshop.FILE.name, file)
    await _run_to_end(client, loading)
    await client.loaded(dataset)
    typer.echo()
    snapshot = await _run_to_end(client, await client.research(QUESTION, dataset=dataset))
    typer.echo("\nAnswer\n------")
    print_all(answer(snapshot["result"]), out())
    typer.echo(f"\n{cost_line(snapshot)}; {_seconds(snapshot):.2f} s from submission to result")


async def documents(client: Client) -> None:
    """Upload a document, ask about it and ask on, get answers that name the place they come from."""
    typer.echo(f"Document: {HANDBOOK.name} (the handbook of the same bookshop)")
    with HANDBOOK.open("rb") as file:
        sent = await client.upload_document(HANDBOOK.name, file)
    await _run_to_end(client, UUID(sent["task_id"]))
    await client.ingested(UUID(sent["id"]))
    conversation: UUID | None = None
    for question in QUESTIONS:
        typer.echo(f"\nQuestion: {question}\n")
        job, conversation = await client.chat(question, conversation=conversation)
        snapshot = await _run_to_end(client, job)
        typer.echo(f"\nAnswer\n------\n{safe(snapshot['result']['answer'])}")
        for source in snapshot["result"]["sources"]:
            typer.echo(cited(source))
        typer.echo(f"\n{cost_line(snapshot)}; {_seconds(snapshot):.2f} s from submission to result")


DEMOS: dict[str, Callable[[Client], Awaitable[None]]] = {
    "Prompt enhancement": enhancement,
    "Deep research": research,
    "Chat about a document": documents,
}


def main() -> None:
    """Run every demo; exits with 1 when one of them fails."""
    try:
        asyncio.run(_main())
    except ParleyError as error:
        typer.echo(error.detail, err=True)
        raise SystemExit(1) from error


async def _main() -> None:
    with TemporaryDirectory(prefix="parley-demo-") as folder:
        async with private_system(Path(folder), environment=os.environ) as url, Client(url) as client:
            for title, demo in DEMOS.items():
                typer.echo(f"\n== {title} ==")
                await demo(client)


@asynccontextmanager
async def private_system(folder: Path, *, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """The address of an embedded system of our own, which ends with the block and leaves no process behind."""
    port = free_port()
    private = {
        "HOST": LOOPBACK,
        "PORT": str(port),
        "PARLEY_DATA": str(folder / "data"),
        "PARLEY_AUTH": "off",
        "AMQP_URL": "memory://",
        "REDIS_URL": "memory://",
    }
    env = {name: value for name, value in environment.items() if name != "DATABASE_URL"} | private
    command = [sys.executable, "-m", "parley_standalone.embedded"]
    process = Process("parley", command, log=folder / "parley.log", env=env, folder=folder)
    url = f"http://{LOOPBACK}:{port}"
    typer.echo(f"Starting Parley at {url}")
    await process.start()
    try:
        await _until_ready(process, url)
        yield url
    finally:
        await process.stop()


async def _until_ready(process: Process, url: str) -> None:
    deadline = monotonic() + START_TIMEOUT
    async with httpx.AsyncClient(base_url=url) as http:
        while not await _ready(http):
            if not process.running or monotonic() > deadline:
                raise DemoError(f"Parley did not start:\n{process.tail()}")
            await asyncio.sleep(0.05)


async def _ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/ready")).is_success
    except httpx.TransportError:
        return False


async def _run_to_end(client: Client, job: UUID, *, reply: str | None = None) -> Frame:
    async with aclosing(client.follow(job)) as frames:
        async for frame in frames:
            if "data" in frame:
                _print(frame)
            if frame["type"] == "question.asked":
                typer.echo(f"{'':12}       > {reply}")
                await client.answer(job, UUID(frame["data"]["question_id"]), value=reply)
            if frame["type"] in FINAL_TYPES - {"job.completed"}:
                raise DemoError(f"The job did not complete: {describe(frame)}")
    return await client.job(job)


def _print(frame: Frame) -> None:
    time = datetime.fromisoformat(frame["time"]).strftime("%H:%M:%S.%f")[:12]
    seq = "" if frame.get("seq") is None else f"#{frame['seq']}"
    typer.echo(f"{time} {seq:>4}  {frame['type']:<18} {describe(frame)}")


def _seconds(job: Frame) -> float:
    first, last = (datetime.fromisoformat(job[name]) for name in ("created_at", "completed_at"))
    return (last - first).total_seconds()


if __name__ == "__main__":
    main()
