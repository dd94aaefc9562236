"""The root of the `parley` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from parley_standalone.cli import datasets, dead, documents, jobs
from parley_standalone.cli.chat import chat
from parley_standalone.cli.enhance import enhance
from parley_standalone.cli.research import research
from parley_standalone.cli.session import Session

DEFAULT_URL = "http://127.0.0.1:8000"

app = typer.Typer(no_args_is_help=True, help="Long AI jobs that can stop and ask.", rich_markup_mode=None)
app.command()(enhance)
app.command()(chat)
app.command()(research)
app.command()(documents.upload)
app.add_typer(datasets.app, name="datasets")
app.add_typer(documents.app, name="documents")
app.add_typer(jobs.app, name="jobs")
app.add_typer(dead.app, name="dead")

Host = Annotated[str, typer.Option(envvar="HOST", help="The address to serve on.")]
Port = Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to serve on.")]


@app.callback()
def connection(
    context: typer.Context,
    url: Annotated[str, typer.Option(envvar="PARLEY_URL", help="Where the gateway is.")] = DEFAULT_URL,
    token: Annotated[str | None, typer.Option(envvar="PARLEY_TOKEN", help="Your bearer token, if it asks.")] = None,
) -> None:
    """Long AI jobs that can stop and ask."""
    if not url.startswith(("http://", "https://")):
        raise typer.BadParameter("must begin with http:// or https://", param_hint="--url")
    context.obj = Session(url, token)


@app.command()
def login(
    context: typer.Context,
    username: str,
    password: Annotated[str | None, typer.Option(envvar="PARLEY_PASSWORD", help="Asked for if not given.")] = None,
) -> None:
    """Print a token: export PARLEY_TOKEN="$(parley login NAME)". Nothing is stored."""
    secret = password or typer.prompt("Password", hide_input=True, err=True)
    session: Session = context.obj
    typer.echo(session.run(lambda client: client.sign_in(username, secret)))


@app.command()
def up(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run all of Parley in one process, until Ctrl-C."""
    _become("parley_standalone.embedded", HOST=host, PORT=str(port))


@app.command()
def stack(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder.")] = None,
) -> None:
    """Run real RabbitMQ, PostgreSQL and Redis and a process per service, until Ctrl-C."""
    _become("parley_standalone.stack", *(("--data", str(data)) if data else ()), HOST=host, PORT=str(port))


@app.command()
def demo() -> None:
    """Show one job of every kind, live, on a private system that is gone afterwards."""
    _become("parley_standalone.demo")


def _become(module: str, *arguments: str, **environment: str) -> None:
    """Go on as another program, so that signals and the exit code are its own."""
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], os.environ | environment)  # noqa: S606
