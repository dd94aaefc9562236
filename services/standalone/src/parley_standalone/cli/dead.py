"""`parley dead`: messages that no service could use, why, and the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import line, print_json, safe
from parley_standalone.client import Frame

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages no service could use. For operators.")

Letter = Annotated[str, typer.Argument(metavar="LETTER", help="The dead letter's id.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")]


@app.command("ls")
def list_letters(
    context: typer.Context,
    queue: Annotated[str | None, typer.Option(help="Only what was meant for this queue.")] = None,
    as_json: Json = False,
) -> None:
    """List dead letters: id, queue, key and the reason each is dead."""
    session: Session = context.obj
    for letter in session.run(lambda client: client.dead_letters(queue)):
        if as_json:
            print_json(letter)
        else:
            typer.echo("\t".join(line(letter.get(name) or "-") for name in ("id", "queue", "key", "reason")))


@app.command()
def show(context: typer.Context, letter: Letter, as_json: Json = False) -> None:
    """Show one dead letter with its headers and body."""
    session: Session = context.obj
    found: Frame = session.run(lambda client: client.dead_letter(letter))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        typer.echo(f"{name:<10} {safe(value)}")


@app.command()
def replay(context: typer.Context, letter: Letter) -> None:
    """Put one dead letter back into the queue it came from; handling a message again is harmless."""
    session: Session = context.obj
    session.run(lambda client: client.replay(letter))
    typer.echo("replayed")
