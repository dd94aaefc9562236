"""`parley enhance`: one prompt made better, here and now."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from parley_standalone.cli.asking import Answerer, Person, Prepared
from parley_standalone.cli.following import follow_until_interrupted
from parley_standalone.cli.results import cost_line, enhancement_notes, result_text
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import err, print_json, safe
from parley_standalone.cli.view import open_view
from parley_standalone.client import Client, Frame

Prompt = Annotated[str, typer.Argument(help="The prompt to enhance; - reads it from standard input.")]
Task = Annotated[str, typer.Option(help="What the prompt is for.")]
Web = Annotated[bool, typer.Option("--web", help="Let it search the web.")]
Answer = Annotated[str | None, typer.Option(help="Answer its question with this.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask here: decline what --answer does not answer.")]
Json = Annotated[bool, typer.Option("--json", help="Print the finished job as JSON.")]


def enhance(
    context: typer.Context,
    prompt: Prompt,
    task: Task = "",
    web: Web = False,
    answer: Answer = None,
    no_input: NoInput = False,
    as_json: Json = False,
) -> None:
    """Enhance a prompt. Asks at most one question; Enter alone takes its default, Esc then Enter declines.

    The enhanced prompt goes to stdout, all else to stderr. Ctrl-C cancels the job.
    Exit codes: 0 completed, 1 failed, 2 wrong usage, 130 cancelled.
    """
    text = sys.stdin.read() if prompt == "-" else prompt
    if not text.strip():
        raise typer.BadParameter("is empty", param_hint="PROMPT")
    answerer: Answerer = Person() if sys.stdin.isatty() and not no_input and answer is None else Prepared(answer)

    async def work(client: Client) -> int:
        job = await client.enhance(text, task=task, web=web)
        with open_view() as view:
            code = await follow_until_interrupted(client, job, view=view, answerer=answerer, cancels=True)
        _report(await client.job(job), as_json=as_json)
        return code

    session: Session = context.obj
    raise typer.Exit(session.run(work))


def _report(job: Frame, *, as_json: bool) -> None:
    if as_json:
        print_json(job)
    elif job["status"] == "completed":
        for note in enhancement_notes(job["result"]):
            err().print(note)
        err().print(safe(cost_line(job)))
        typer.echo(result_text(job["result"]))
