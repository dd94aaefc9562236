"""Whether the parts of a question are what was meant: a person changes them line by line, a program accepts them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from parley_standalone.cli.asking import ESCAPE, Question, Reply, deadline, read_line
from parley_standalone.cli.terminal import line, safe

RULES = "Enter accepts; “2 new words” changes part 2, “-2” removes it, “+ words” adds one."
WAYS_OUT = "Esc then Enter declines: the job uses its own judgement. Ctrl-C cancels the job."


class Accepting:
    """Takes what the job suggests."""

    async def reply(self, question: Question, console: Console) -> Reply | None:
        console.print(f"question: {line(question['prompt'])} accepted: {line('; '.join(_parts(question)), 500)}")
        return Reply(question["default"])


class Reviewer:
    """Shows the plan to whoever sits at the terminal until they accept it; a refused plan is shown again."""

    def __init__(self) -> None:
        self._plan: list[str] | None = None

    async def reply(self, question: Question, console: Console) -> Reply | None:
        plan = self._plan or _parts(question)
        console.print(Text.assemble(("? ", "bold cyan"), (safe(question["prompt"]), "bold")))
        console.print(Text(f"  {RULES}\n  {WAYS_OUT}\n  {deadline(question)}.", style="dim"))
        while True:
            self._plan = plan
            for number, part in enumerate(plan, start=1):
                console.print(f"  {number}  {line(part, 1000)}")
            console.print("> ", end="")
            text = await read_line()
            if text is None or text.strip() == ESCAPE:
                return Reply(declined=True)
            if not text.strip():
                return Reply(list(plan))
            if (changed := edited(plan, text.strip())) is None:
                console.print(Text(RULES, style="red"))
            plan = plan if changed is None else changed


def edited(plan: Sequence[str], text: str) -> list[str] | None:
    """The plan after one typed change; `None` where the text is none. The last part cannot be removed."""
    command, _, words = text.partition(" ")
    if text.startswith("+") and text[1:].strip():
        return [*plan, text[1:].strip()]
    place = command.lstrip("-")
    if not (place.isascii() and place.isdigit()) or not 1 <= int(place) <= len(plan):
        return None
    before, after = plan[: int(place) - 1], plan[int(place) :]
    if command == f"-{place}" and not words:
        return [*before, *after] or None
    return [*before, words.strip(), *after] if command == place and words.strip() else None


def _parts(question: Question) -> list[str]:
    return [str(part) for part in question["default"] or ()]
