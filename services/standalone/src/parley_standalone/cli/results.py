"""How jobs and their results read in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from parley_standalone.cli.terminal import line, safe
from parley_standalone.client import Frame

COLUMNS = ("id", "kind", "status", "stage", "created_at")


def result_text(result: Any) -> str:
    """The part of a result that one wants on stdout: the text it made, or all of it as JSON."""
    if isinstance(result, dict) and isinstance(result.get("result"), str):
        return safe(result["result"])
    return json.dumps(result, indent=2)


def enhancement_notes(result: dict[str, Any]) -> Iterator[str]:
    """What an enhancement says about itself, line by line."""
    yield line(result["summary"], 500)
    for check in result.get("checklist", ()):
        yield f"  {check['element']:<12} {_mark(check['before'])} → {_mark(check['after'])}"
    if asked := result.get("question"):
        yield f"  {asked['outcome']}: {line(asked['question'])} {line(asked.get('answer') or '')}".rstrip()
    for source in result.get("sources", ()):
        yield f"  source: {line(source['title'])} {line(source.get('url') or '')}".rstrip()
    for lost in result.get("lost", ()):
        yield f"  lost: {line(lost)}"
    for note in result.get("notes", ()):
        yield f"  note: {line(note, 500)}"


def cost_line(job: Frame) -> str:
    """Who did the work and what it took."""
    usage = job["usage"]
    cost = f", ${usage['cost']:.4f}" if usage.get("cost") is not None else ""
    tokens = f"{usage['tokens_in']}+{usage['tokens_out']} tokens"
    return f"{job.get('model') or job.get('mode') or 'unknown'}: {usage['calls']} model calls, {tokens}{cost}"


def print_jobs(jobs: list[Frame], console: Console) -> None:
    print_rows(jobs, COLUMNS, console)


def print_rows(objects: list[Frame], columns: Sequence[str], console: Console) -> None:
    """A table on a terminal, tab-separated lines elsewhere."""
    rows = [["-" if (cell := each.get(column)) in (None, "") else line(cell) for column in columns] for each in objects]
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def print_job(job: Frame) -> None:
    """Everything a person wants to know of one job."""
    for name in ("id", "kind", "status", "stage", "progress", "attempts", "created_at", "started_at", "completed_at"):
        if job.get(name) is not None:
            typer.echo(f"{name:<13} {line(job[name])}")
    typer.echo(f"{'cost':<13} {line(cost_line(job))}")
    if question := job.get("question"):
        typer.echo(f"{'question':<13} {line(question['prompt'])} ({question['question_id']})")
    if error := job.get("error"):
        typer.echo(f"{'error':<13} {line(error['title'])}: {line(error['detail'], 500)} ({line(error['code'])})")
    for name in ("partial", "result"):
        if job.get(name) is not None:
            typer.echo(f"\n{result_text(job[name])}")


def _mark(present: bool) -> str:
    return "yes" if present else "no "
