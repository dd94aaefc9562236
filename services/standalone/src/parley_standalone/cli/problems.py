"""What a person reads when something was refused or nobody answered."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from parley_standalone.cli.terminal import line
from parley_standalone.client import Refused, Unreachable


def explain(error: Refused | Unreachable, console: Console) -> None:
    """One line of what went wrong; for a refusal also the code and the trace id to look it up by."""
    if isinstance(error, Unreachable):
        console.print(f"No gateway answers at {error.detail}. Start one with: parley up (or set PARLEY_URL).")
        return
    reason = f"{error.title}: {error.detail}" if error.detail else error.title
    trace = f", trace {error.trace_id}" if error.trace_id else ""
    console.print(Text(line(reason, 500), style="red"), end=" ")
    console.print(Text(line(f"({error.code}{trace})"), style="dim"))
