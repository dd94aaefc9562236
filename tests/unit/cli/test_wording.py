"""Events in words, streamed text put together, and text made safe."""

from __future__ import annotations

from typing import Any

import pytest

from parley_standalone.cli.asking import typed
from parley_standalone.cli.events import Transcript, describe
from parley_standalone.cli.terminal import line, safe


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("job.started", {"attempt": 2, "mode": "model", "model": "m-1"}, "going on (m-1)"),
        ("job.step", {"name": "rewrite", "status": "completed", "seconds": 1.5}, "rewrite: completed in 1.50 s"),
        ("job.step", {"name": "x", "status": "started", "seconds": 0.0}, "x: started"),
        ("job.step", {"name": "x", "status": "retrying", "problem": {"detail": "busy"}}, "x: retrying, busy"),
        ("question.answered", {"declined": True}, "declined to answer"),
        ("question.expired", {"default_used": True, "default": "calm"}, "nobody answered in time, default used: calm"),
        ("question.expired", {"default_used": False}, "nobody answered in time"),
        ("something.new", {}, ""),
    ],
)
def test_event_reads_as_one_line(kind: Any, data: Any, words: Any) -> None:
    assert describe({"type": kind, "data": data}) == words


def test_repeated_deltas_do_not_repeat_text() -> None:
    transcript = Transcript()
    for delta, offset in (("ab", 0), ("cd", 2), ("abcd", 0), ("e", 4)):
        transcript.add({"message_id": "m", "delta": delta, "offset": offset})
    assert transcript.text == "abcde"


def test_new_message_starts_over() -> None:
    transcript = Transcript()
    transcript.add({"message_id": "a", "delta": "old", "offset": 0})
    transcript.add({"message_id": "b", "delta": "new", "offset": 0})
    assert transcript.text == "new"


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_control_characters_become_visible(bad: Any) -> None:
    assert bad not in safe(f"a{bad}b")
    assert safe(f"a{bad}b").startswith("a\\")


def test_line_breaks_stay_in_text_and_leave_a_line() -> None:
    assert safe("a\n\tb") == "a\n\tb"
    assert line("a\n\tb") == "a b"
    assert line("x" * 200, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ({"options": ["formal", "friendly"]}, "2", "friendly"),
        ({"options": ["1", "2"]}, "2", "2"),
        ({"options": ["formal"]}, "7", "7"),
        ({"schema": {"type": "integer"}}, "7", 7),
        ({"schema": {"type": "integer"}}, "seven", "seven"),
        ({"schema": {"type": "string"}}, "7", "7"),
        ({}, "true", "true"),
    ],
)
def test_typed_text_becomes_the_value_meant(question: Any, text: Any, value: Any) -> None:
    assert typed(question, text) == value
