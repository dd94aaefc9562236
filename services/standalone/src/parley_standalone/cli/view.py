"""How a running job looks: a live region on a terminal, plain lines elsewhere, JSON lines for programs.

Questions are left to whoever answers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from parley_standalone.cli.events import Transcript, describe
from parley_standalone.cli.terminal import err, line, print_json, safe
from parley_standalone.client import Frame

TAIL_LINES = 12


class View(Protocol):
    """Shows the events of one job as they come."""

    def show(self, frame: Frame) -> None: ...

    def aside(self) -> AbstractContextManager[Console]:
        """A console for a question or a note; the live region keeps out of its way meanwhile."""


class JsonView:
    """Every event as one line of JSON."""

    def show(self, frame: Frame) -> None:
        if "data" in frame:
            print_json(frame)

    def aside(self) -> AbstractContextManager[Console]:
        return nullcontext(err())


class LineView:
    """One line per event that is worth one; streamed text is left to the result."""

    def __init__(self) -> None:
        self._console = err()

    def show(self, frame: Frame) -> None:
        if frame["type"] not in ("message.delta", "question.asked") and (words := describe(frame)):
            self._console.print(words)

    def aside(self) -> AbstractContextManager[Console]:
        return nullcontext(self._console)


class LiveView:
    """A bar and a spinner with the stage, and the end of the text being written; past events scroll up, dimmed."""

    def __init__(self) -> None:
        self._console = err()
        self._transcript = Transcript()
        self._spinner = Spinner("dots", Text("waiting for a worker"))
        self._bar = ProgressBar(total=1, width=24)
        self._live = Live(
            console=self._console, get_renderable=self._render, transient=True, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip

    @contextmanager
    def running(self) -> Iterator[LiveView]:
        with self._live:
            yield self

    def show(self, frame: Frame) -> None:
        match frame["type"]:
            case "message.delta":
                self._transcript.add(frame["data"])
            case "job.progress":
                stage = describe(frame)
                self._console.print(stage)
                self._spinner.update(text=Text(stage))
                self._bar.update(frame["data"]["fraction"])
            case "question.asked":
                pass
            case _ if words := describe(frame):
                self._console.print(Text(words, style="dim"))

    @contextmanager
    def aside(self) -> Iterator[Console]:
        self._live.stop()
        try:
            yield self._console
        finally:
            self._live.start()

    def _render(self) -> RenderableType:
        tail = safe(self._transcript.text).splitlines()[-TAIL_LINES:]
        text = Text("\n".join(line(each, self._console.width) for each in tail))
        status = Table.grid(padding=(0, 1))
        status.add_row(self._bar, self._spinner)
        return Group(text, status) if tail else status


@contextmanager
def open_view(*, as_json: bool = False) -> Iterator[View]:
    """The view that fits where the output goes."""
    if as_json:
        yield JsonView()
    elif err().is_terminal:
        with LiveView().running() as view:
            yield view
    else:
        yield LineView()
