"""`parley research`: a question about a table answered here and now, with the place each number comes from."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import open as open_with_progress

from parley_standalone.cli import report
from parley_standalone.cli.asking import Answerer, Nobody
from parley_standalone.cli.following import follow_until_interrupted
from parley_standalone.cli.plan import Accepting, Reviewer
from parley_standalone.cli.results import cost_line
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import err, out, print_json, safe
from parley_standalone.cli.view import View, open_view
from parley_standalone.client import Client

EXPORTS = ("md", "html", "pdf", "xlsx", "ipynb", "json")

Question = Annotated[str, typer.Argument(help="What you want to know.")]
Dataset = Annotated[str, typer.Option(metavar="FILE_OR_ID", help="A file to upload, or the id of a dataset.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Add a longer analysis.")]
Review = Annotated[bool, typer.Option("--review-plan", help="Show the plan before queries are run.")]
Export = Annotated[
    Path | None, typer.Option(metavar="FILE", help=f"Also write a report; its ending says which: {', '.join(EXPORTS)}.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the finished job as JSON.")]


def research(
    context: typer.Context,
    question: Question,
    dataset: Dataset,
    verbose: Verbose = False,
    review_plan: Review = False,
    export: Export = None,
    as_json: Json = False,
) -> None:
    """Answer a question about a CSV, TSV, JSON, NDJSON, Parquet or XLSX file, each number with its source.

    The answer goes to stdout, all else to stderr. Ctrl-C cancels the job; what it had found is shown.
    Exit codes: 0 answered, 1 failed or the data cannot tell, 2 wrong usage, 130 cancelled.
    """
    if not question.strip():
        raise typer.BadParameter("is empty", param_hint="QUESTION")
    source, target = _source(dataset), export and _target(export)
    answerer: Answerer = Reviewer() if sys.stdin.isatty() else Accepting()

    async def work(client: Client) -> int:
        with open_view() as view:
            identity, job, code = await _load(client, source, view)
            if not code:
                job = await client.research(question, dataset=identity, verbose=verbose, review_plan=review_plan)
                code = await _follow(client, job, view, answerer)
        outcome = await _report(client, job, code, as_json=as_json)
        if target and not code:
            await _write(client, job, target)
        return outcome

    session: Session = context.obj
    raise typer.Exit(session.run(work))


async def _load(client: Client, source: Path | UUID, view: View) -> tuple[UUID, UUID, int]:
    """The dataset, the job that loads it, and the exit code if there is no table to ask."""
    if isinstance(source, UUID):
        dataset = await client.dataset(source)
        if dataset["status"] == "completed":
            return source, UUID(dataset["job_id"]), 0
        identity, loading = source, UUID(dataset["job_id"])
    else:
        with view.aside():
            identity, loading = await upload(client, source)
    code = await _follow(client, loading, view, Nobody())
    if not code:
        await client.loaded(identity)
    return identity, loading, code


async def upload(client: Client, path: Path) -> tuple[UUID, UUID]:
    """Send a file, with a progress bar on a terminal; the dataset's id and that of the job that loads it."""
    console = err()
    try:
        with open_with_progress(
            path, "rb", description="Uploading", console=console, transient=True, disable=not console.is_terminal
        ) as file:
            return await client.upload(path.name, file)
    except OSError as error:
        console.print(f"Cannot read {safe(path)}: {error.strerror}")
        raise typer.Exit(1) from error


async def _follow(client: Client, job: UUID, view: View, answerer: Answerer) -> int:
    return await follow_until_interrupted(client, job, view=view, answerer=answerer, cancels=True)


async def _report(client: Client, job: UUID, code: int, *, as_json: bool) -> int:
    """Print how a job ended; an answer that says the data cannot tell is no success."""
    snapshot = await client.job(job)
    result, partial = snapshot["result"], snapshot.get("partial")
    if as_json:
        print_json(snapshot)
    elif snapshot["status"] == "completed":
        report.print_all(report.answer(result), out())
        err().print(safe(cost_line(snapshot)))
    elif partial and partial.get("supporting_details"):
        err().print("What was found before the end is kept:")
        report.print_all(report.tables(partial["supporting_details"]), out())
    return code or int(snapshot["kind"] == "research" and not result["answered"])


async def _write(client: Client, job: UUID, target: Path) -> None:
    content = await client.export(job, target.suffix[1:].lower())
    try:
        await asyncio.to_thread(target.write_bytes, content)
    except OSError as error:
        err().print(f"Cannot write {safe(target)}: {error.strerror}")
        raise typer.Exit(1) from error
    err().print(f"written to {safe(target)}")


def _source(dataset: str) -> Path | UUID:
    path = Path(dataset)
    if path.is_file():
        return path
    try:
        return UUID(dataset)
    except ValueError:
        raise typer.BadParameter("is neither a file nor the id of a dataset", param_hint="--dataset") from None


def _target(path: Path) -> Path:
    if path.suffix[1:].lower() not in EXPORTS:
        raise typer.BadParameter(f"must end in one of: {', '.join(EXPORTS)}", param_hint="--export")
    if not path.parent.is_dir():
        raise typer.BadParameter("is in a folder that does not exist", param_hint="--export")
    return path
