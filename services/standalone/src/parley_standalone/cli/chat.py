"""`parley chat`: questions about your documents, answered here with the place each sentence comes from."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from parley_standalone.cli.asking import Nobody, read_line
from parley_standalone.cli.following import INTERRUPTED, follow_until_interrupted
from parley_standalone.cli.results import cost_line
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import err, line, print_json, safe
from parley_standalone.cli.view import open_view
from parley_standalone.client import Client, Frame

Question = Annotated[str | None, typer.Argument(help="What you want to know; without it you are asked at a terminal.")]
Conversation = Annotated[UUID | None, typer.Option(help="Go on in this conversation.")]
Json = Annotated[bool, typer.Option("--json", help="Print the finished job as JSON.")]

QUOTE = 160


def chat(
    context: typer.Context, question: Question = None, conversation: Conversation = None, as_json: Json = False
) -> None:
    """Ask your documents. Answers go to stdout with their sources, all else to stderr.

    Ctrl-C stops an answer; what there was of it is kept. Without a question, an empty line or Ctrl-D ends.
    Exit codes: 0 answered, 1 failed or nothing was found, 2 wrong usage, 130 stopped.
    """
    if question is None and not sys.stdin.isatty():
        raise typer.BadParameter("is needed where nobody can be asked", param_hint="QUESTION")
    if question is not None and not question.strip():
        raise typer.BadParameter("is empty", param_hint="QUESTION")

    async def work(client: Client) -> int:
        if question is None:
            return await _converse(client, conversation, as_json=as_json)
        code, going_on = await _ask(client, question, conversation, as_json=as_json)
        if conversation is None and not as_json:
            err().print(f"go on with: parley chat --conversation {going_on}")
        return code

    session: Session = context.obj
    raise typer.Exit(session.run(work))


async def _converse(client: Client, conversation: UUID | None, *, as_json: bool) -> int:
    """Question after question; one that was stopped ends no conversation."""
    console = err()
    while True:
        console.print(Text("? ", style="bold cyan"), end="")
        said = await read_line()
        if said is None or not said.strip():
            return 0
        _, conversation = await _ask(client, said, conversation, as_json=as_json)


async def _ask(client: Client, question: str, conversation: UUID | None, *, as_json: bool) -> tuple[int, UUID]:
    job, going_on = await client.chat(question, conversation=conversation)
    with open_view() as view:
        code = await follow_until_interrupted(client, job, view=view, answerer=Nobody(), cancels=True)
    snapshot = await client.job(job)
    if as_json:
        print_json(snapshot)
    else:
        _report(snapshot, code)
    return code or int(not (snapshot["result"] or {}).get("found", True)), going_on


def _report(job: Frame, code: int) -> None:
    if job["status"] == "completed":
        result = job["result"]
        typer.echo(safe(result["answer"]))
        for source in result["sources"]:
            typer.echo(cited(source))
        err().print(safe(cost_line(job)))
        _notes(result, err())
    elif code == INTERRUPTED and (kept := (job.get("partial") or {})).get("text"):
        typer.echo(safe(kept["text"]))
        for source in kept.get("sources") or ():
            typer.echo(cited(source))
        err().print("stopped; what there was of the answer is kept")


def cited(source: dict[str, Any]) -> str:
    """One source in one line: its number, where it is, and what it says there."""
    page = f", page {source['page']}" if source.get("page") else ""
    return f"  [{source['n']}] {line(source['filename'])}{page}: “{line(source['quote'], QUOTE)}”"


def _notes(result: dict[str, Any], console: Console) -> None:
    for note in result["notes"]:
        console.print(Text(f"note: {line(note, 500)}", style="dim"))
