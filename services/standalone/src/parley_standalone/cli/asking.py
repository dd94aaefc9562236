"""Who answers a job's question: the person at the terminal, an answer given beforehand, or nobody here."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from parley_standalone.cli.terminal import line, safe

Question = dict[str, Any]
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Reply:
    """An answer, or the wish to give none."""

    value: Any = None
    declined: bool = False


class Answerer(Protocol):
    """Answers questions; `None` leaves the question to others."""

    async def reply(self, question: Question, console: Console) -> Reply | None: ...


class Nobody:
    """Looks on while others answer."""

    async def reply(self, question: Question, console: Console) -> Reply | None:
        console.print(f"question: {line(question['prompt'])} (parley jobs answer; {deadline(question)})")
        return None


class Prepared:
    """Gives `answer` to the first question and declines every other one."""

    def __init__(self, answer: str | None) -> None:
        self._answer = answer

    async def reply(self, question: Question, console: Console) -> Reply | None:
        console.print(f"question: {line(question['prompt'])}")
        given, self._answer = self._answer, None
        return Reply(declined=True) if given is None else Reply(typed(question, given))


class Person:
    """Asks whoever sits at the terminal. Enter alone takes the default, or declines where there is none."""

    async def reply(self, question: Question, console: Console) -> Reply | None:
        _present(question, console)
        text = await read_line()
        if text is None or text.strip() == ESCAPE:
            return Reply(declined=True)
        if text.strip():
            return Reply(typed(question, text.strip()))
        default = question.get("default")
        return Reply(declined=True) if default is None else Reply(default)


def typed(question: Question, text: str) -> Any:
    """What `text` means as an answer: the number of an option, JSON where the schema wants no string, or itself."""
    options = question.get("options") or []
    if text.isdecimal() and text not in options and 1 <= int(text) <= len(options):
        return options[int(text) - 1]
    if (question.get("schema") or {}).get("type", "string") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def deadline(question: Question) -> str:
    """How long there is to answer; without a default the job itself decides what happens then."""
    left = datetime.fromisoformat(question["expires_at"]) - datetime.now(UTC)
    then = "" if question.get("default") is None else ", then the default is used"
    return f"{timedelta(seconds=max(0, int(left.total_seconds())))} left to answer{then}"


async def read_line() -> str | None:
    """The next line typed, without its line end; `None` at the end of input.

    Reads from the event loop and not in a thread: a thread stuck in `input()` would keep the process from ending
    when the question is answered elsewhere.
    """
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bytes] = loop.create_future()
    descriptor = sys.stdin.fileno()

    def readable() -> None:
        if not ready.done():
            ready.set_result(os.read(descriptor, 65536))

    loop.add_reader(descriptor, readable)
    try:
        data = await ready
    finally:
        loop.remove_reader(descriptor)
    return data.decode(errors="replace").rstrip("\r\n") if data else None


def _present(question: Question, console: Console) -> None:
    console.print(Text.assemble(("? ", "bold cyan"), (safe(question["prompt"]), "bold")))
    for number, option in enumerate(question.get("options") or [], start=1):
        console.print(f"  {number}  {line(option)}")
    default = question.get("default")
    enter = "Enter alone declines" if default is None else f"Enter alone takes “{line(default)}”"
    rules = f"  {enter}; Esc then Enter declines: the job uses its own judgement. Ctrl-C cancels the job."
    console.print(Text(f"{rules}\n  {deadline(question)}.", style="dim"))
    console.print("> ", end="")
