"""`parley jobs`: look at jobs, watch, cancel and answer them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from parley_common.contracts.jobs import Status
from parley_standalone.cli.asking import Nobody, typed
from parley_standalone.cli.following import follow_until_interrupted
from parley_standalone.cli.results import print_job, print_jobs
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import line, out, print_json
from parley_standalone.cli.view import open_view
from parley_standalone.client import Client

app = typer.Typer(no_args_is_help=True, help="Look at jobs, watch, cancel and answer them.")

Job = Annotated[UUID, typer.Argument(metavar="JOB", help="The job's id.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")]


@app.command("ls")
def list_jobs(
    context: typer.Context,
    status: Annotated[Status | None, typer.Option(help="Only jobs in this state.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only jobs of this kind, such as enhance.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Json = False,
) -> None:
    """List the newest jobs."""
    session: Session = context.obj
    jobs = session.run(lambda client: client.jobs(status=status, kind=kind, limit=limit))
    if as_json:
        for job in jobs:
            print_json(job)
    else:
        print_jobs(jobs, out())


@app.command()
def show(context: typer.Context, job: Job, as_json: Json = False) -> None:
    """Show one job: its state, its question, its result."""
    session: Session = context.obj
    snapshot = session.run(lambda client: client.job(job))
    if as_json:
        print_json(snapshot)
    else:
        print_job(snapshot)


@app.command()
def watch(context: typer.Context, job: Job, as_json: Json = False) -> None:
    """Show a job's events from the first to the last. Ctrl-C stops watching; the job goes on."""

    async def work(client: Client) -> int:
        with open_view(as_json=as_json) as view:
            return await follow_until_interrupted(client, job, view=view, answerer=Nobody(), cancels=False)

    session: Session = context.obj
    raise typer.Exit(session.run(work))


@app.command()
def cancel(context: typer.Context, job: Job) -> None:
    """Cancel a job; what it had so far is kept."""
    session: Session = context.obj
    snapshot = session.run(lambda client: client.cancel(job))
    typer.echo(line(snapshot["status"]) if snapshot["status"] == "cancelled" else "cancelling")


@app.command()
def answer(
    context: typer.Context,
    job: Job,
    value: Annotated[str | None, typer.Argument(help="The answer, or the number of an option.")] = None,
    decline: Annotated[bool, typer.Option("--decline", help="Let the job use its own judgement.")] = False,
) -> None:
    """Answer the question a job waits for."""
    if (value is None) is not decline:
        raise typer.BadParameter("give an answer or --decline", param_hint="VALUE")

    async def work(client: Client) -> bool:
        question = (await client.job(job)).get("question")
        if question:
            reply = None if value is None else typed(question, value)
            await client.answer(job, UUID(question["question_id"]), value=reply, declined=decline)
        return bool(question)

    session: Session = context.obj
    if not session.run(work):
        typer.echo("This job asks nothing.")
        raise typer.Exit(1)
    typer.echo("declined" if decline else "answered")
