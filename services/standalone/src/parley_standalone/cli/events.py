"""Events in words, and the text a job streams, put together from its deltas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parley_standalone.cli.terminal import line
from parley_standalone.client import Frame

Data = dict[str, Any]
QUERY = "application/vnd.parley.query+json"


def describe(frame: Frame) -> str:
    """One short line about an event, safe to print; empty for what needs no words."""
    words = WORDS.get(frame["type"])
    return line(words(frame.get("data", {}))) if words else ""


def _started(data: Data) -> str:
    how = data.get("model") or data.get("mode") or ""
    words = "started" if data["attempt"] == 1 else "going on"
    return f"{words} ({how})" if how else words


def _step(data: Data) -> str:
    words = f"{data['name']}: {data['status']}"
    if data.get("seconds") is not None and data["status"] != "started":
        words += f" in {data['seconds']:.2f} s"
    if problem := data.get("problem"):
        words += f", {problem['detail']}"
    return words


def _artifact(data: Data) -> str:
    """A query says what it found; anything else is named."""
    if data["media_type"] != QUERY:
        return f"artifact: {data['name']} ({data['media_type']})"
    found = data.get("data") or {}
    rows = found.get("row_count", 0)
    outcome = found.get("error") or ("1 row" if rows == 1 else f"{rows:,} rows")
    return f"{data['id']}: {data['name']} → {outcome}"


def _answered(data: Data) -> str:
    return "declined to answer" if data.get("declined") else f"answer: {data.get('value')}"


def _expired(data: Data) -> str:
    used = f", default used: {data['default']}" if data["default_used"] else ""
    return f"nobody answered in time{used}"


WORDS: dict[str, Callable[[Data], str]] = {
    "job.accepted": lambda data: f"accepted ({data['kind']})",
    "job.started": _started,
    "job.step": _step,
    "job.progress": lambda data: f"{data['fraction']:.0%} {data['stage']}",
    "message.delta": lambda data: data["delta"],
    "source.added": lambda data: f"source: {data['title']} {data.get('url') or ''}",
    "artifact.added": _artifact,
    "question.asked": lambda data: f"question: {data['prompt']}",
    "question.answered": _answered,
    "question.expired": _expired,
    "job.completed": lambda data: "completed",
    "job.failed": lambda data: f"failed: {data['problem']['title']}: {data['problem']['detail']}",
    "job.cancelled": lambda data: "cancelled",
    "gap": lambda data: "some events are no longer there",
    "reconnecting": lambda data: "connection lost, trying again",
    "cancelling": lambda data: "cancelling; Ctrl-C again to leave at once",
}


class Transcript:
    """The message being streamed. A new message id starts over; what was seen already is not repeated."""

    def __init__(self) -> None:
        self.text = ""
        self._message: str | None = None

    def add(self, data: Data) -> None:
        if data["message_id"] != self._message:
            self._message, self.text = data["message_id"], ""
        self.text = self.text[: data["offset"]] + data["delta"]
