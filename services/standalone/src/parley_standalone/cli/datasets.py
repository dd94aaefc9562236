"""`parley datasets`: the tables you uploaded."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from parley_standalone.cli.results import print_rows
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import out, print_json

COLUMNS = ("dataset_id", "name", "status", "rows", "created_at")

app = typer.Typer(no_args_is_help=True, help="List and remove the tables you uploaded.")


@app.command("ls")
def list_datasets(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")] = False,
) -> None:
    """List the newest datasets."""
    session: Session = context.obj
    datasets = session.run(lambda client: client.datasets(limit=limit))
    if as_json:
        for dataset in datasets:
            print_json(dataset)
    else:
        print_rows(datasets, COLUMNS, out())


@app.command("rm")
def remove(
    context: typer.Context, dataset: Annotated[UUID, typer.Argument(metavar="DATASET", help="The dataset's id.")]
) -> None:
    """Remove a dataset and its files; what was found in it stays with its jobs."""
    session: Session = context.obj
    session.run(lambda client: client.remove_dataset(dataset))
    typer.echo("removed")
