"""`parley upload` and `parley documents`: what you uploaded to be searched and cited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import open as open_with_progress

from parley_standalone.cli.asking import Nobody
from parley_standalone.cli.following import INTERRUPTED, follow_until_interrupted
from parley_standalone.cli.problems import explain
from parley_standalone.cli.results import print_rows
from parley_standalone.cli.session import Session
from parley_standalone.cli.terminal import err, line, out, print_json, safe
from parley_standalone.cli.view import View, open_view
from parley_standalone.client import Client, Frame, Refused

COLUMNS = ("id", "filename", "processing_status", "pages", "chunks", "uploaded_at")
PAGE = 200
NOTE = 500

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")]

app = typer.Typer(no_args_is_help=True, help="List, remove and re-embed the documents you uploaded.")


def upload(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="The documents to upload.")
    ],
    as_json: Json = False,
) -> None:
    """Upload documents (PDF, DOCX, PPTX, XLSX, HTML, Markdown, CSV, text and more) and follow them to their end.

    One line per document goes to stdout, all else to stderr; Ctrl-C only stops looking. Exit codes: 0 all are ready,
    1 one failed, 2 wrong usage, 130 interrupted.
    """

    async def work(client: Client) -> int:
        accepted = [sent for path in files if (sent := await _send(client, path))]
        code = await _follow_all(client, accepted)
        documents = await _settled(client, accepted, code)
        _show(documents, as_json=as_json)
        _say_notes(documents)
        return code or int(len(accepted) < len(files))

    session: Session = context.obj
    raise typer.Exit(session.run(work))


@app.command("ls")
def list_documents(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=PAGE)] = 20,
    as_json: Json = False,
) -> None:
    """List the newest documents."""
    session: Session = context.obj
    documents, _ = session.run(lambda client: client.documents(limit=limit))
    _show(documents, as_json=as_json)


@app.command("rm")
def remove(
    context: typer.Context,
    documents: Annotated[list[UUID], typer.Argument(metavar="DOCUMENT...", help="The documents' ids.")],
) -> None:
    """Remove documents: their passages, their text and their files."""

    async def work(client: Client) -> None:
        for document in documents:
            await client.remove_document(document)
            typer.echo(f"removed {document}")

    session: Session = context.obj
    session.run(work)


@app.command()
def reembed(context: typer.Context, as_json: Json = False) -> None:
    """Ingest all of your documents again, as after a change of the embedding model.

    Each is found under the new model as soon as it is done; models never mix.
    """

    async def work(client: Client) -> int:
        accepted = [begun for document in await _all(client) if (begun := await _again(client, document))]
        code = await _follow_all(client, accepted)
        _show(await _settled(client, accepted, code), as_json=as_json)
        return code

    session: Session = context.obj
    raise typer.Exit(session.run(work))


async def _send(client: Client, path: Path) -> Frame | None:
    """Upload one file, with a bar on a terminal; `None`, and a word why, if it is refused."""
    console = err()
    bar = open_with_progress(
        path, "rb", description=safe(path.name), console=console, transient=True, disable=not console.is_terminal
    )
    try:
        with bar as file:
            sent = await client.upload_document(path.name, file)
    except OSError as error:
        console.print(f"Cannot read {safe(path)}: {error.strerror}")
        return None
    except Refused as refusal:
        console.print(f"{safe(path.name)}:")
        explain(refusal, console)
        return None
    if sent["duplicate"]:
        console.print(f"{safe(path.name)}: you uploaded this before, as {safe(sent['filename'])}")
    return sent


async def _again(client: Client, document: Frame) -> Frame | None:
    try:
        return await client.reembed(UUID(document["id"]))
    except Refused as refusal:
        err().print(f"{safe(document['filename'])}:")
        explain(refusal, err())
        return None


async def _all(client: Client) -> list[Frame]:
    documents, cursor = await client.documents(limit=PAGE)
    while cursor:
        more, cursor = await client.documents(limit=PAGE, cursor=cursor)
        documents += more
    return documents


async def _follow_all(client: Client, accepted: Sequence[Frame]) -> int:
    """Show each job to its end; 1 if one did not complete."""
    codes = []
    with open_view() as view:
        for each in accepted:
            codes.append(await _follow(client, each, view))
            if codes[-1] == INTERRUPTED:
                break
    return max(codes, default=0)


async def _follow(client: Client, accepted: Frame, view: View) -> int:
    with view.aside() as console:
        console.print(line(accepted["filename"]))
    return await follow_until_interrupted(
        client, UUID(accepted["task_id"]), view=view, answerer=Nobody(), cancels=False
    )


async def _settled(client: Client, accepted: Sequence[Frame], code: int) -> list[Frame]:
    """The documents as they are now; those that were followed to their end as that is stored."""
    look = client.document if code == INTERRUPTED else client.ingested
    return [await look(UUID(each["id"])) for each in accepted]


def _say_notes(documents: Sequence[Frame]) -> None:
    """What reading changed or left out, as pages that are pictures."""
    for document in documents:
        for note in document.get("notes") or ():
            err().print(line(f"{document['filename']}: {note}", NOTE))


def _show(documents: Sequence[Frame], *, as_json: bool) -> None:
    if as_json:
        for document in documents:
            print_json(document)
    else:
        print_rows(list(documents), COLUMNS, out())
