"""`parley chat`: one question, a conversation, and an answer that is stopped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.cli.conftest import CONVERSATION, FakeGateway

SOURCE = {"n": 1, "filename": "q3\x1b[2J.pdf", "page": 4, "quote": "Revenue was\n$5M."}
ANSWER = {
    "answer": "Revenue was $5M [1].",
    "found": True,
    "sources": [SOURCE],
    "notes": ["No model is configured."],
}


@pytest.fixture(autouse=True)
def _chat(gateway: FakeGateway) -> None:
    gateway.kind = "chat"
    gateway.ending = [
        ("message.delta", {"message_id": "m", "delta": "Revenue was $5M", "offset": 0}),
        ("job.completed", {"result": ANSWER}),
    ]


def test_an_answer_goes_to_stdout_with_its_sources_and_all_else_to_stderr(gateway: Any, parley: Any) -> None:
    done = parley("chat", "What is the revenue?")
    assert done.exit_code == 0
    assert done.stdout == "Revenue was $5M [1].\n  [1] q3\\x1b[2J.pdf, page 4: “Revenue was $5M.”\n"
    assert "No model is configured." in done.stderr
    assert f"parley chat --conversation {CONVERSATION}" in done.stderr
    assert gateway.submitted == [{"query": "What is the revenue?", "conversation_id": None}]


def test_a_conversation_can_be_gone_on_with(gateway: Any, parley: Any) -> None:
    assert parley("chat", "And the profit?", "--conversation", CONVERSATION).exit_code == 0
    assert gateway.submitted[0]["conversation_id"] == CONVERSATION


def test_what_was_not_found_is_no_success(gateway: Any, parley: Any) -> None:
    gateway.ending = [("job.completed", {"result": {**ANSWER, "found": False, "sources": []}})]
    assert parley("chat", "What is the revenue?").exit_code == 1


def test_programs_get_the_job_as_json(parley: Any) -> None:
    done = parley("chat", "What is the revenue?", "--json")
    assert json.loads(done.stdout)["result"] == ANSWER


def test_without_a_question_and_without_a_terminal_there_is_nothing_to_ask(parley: Any) -> None:
    assert parley("chat").exit_code == 2
    assert parley("chat", " ").exit_code == 2


def test_at_a_terminal_question_follows_question_in_one_conversation(gateway: Any, terminal: Any) -> None:
    screen = terminal("chat")
    screen.wait_for("? ")
    screen.type("What is the revenue?\n")
    screen.wait_for("[1] q3")
    screen.type("And the profit?\n")
    screen.type("\n")
    assert screen.exit_code() == 0
    assert [each["conversation_id"] for each in gateway.submitted] == [None, CONVERSATION]


def test_an_interrupt_stops_the_answer_and_keeps_what_there_was(gateway: Any, terminal: Any) -> None:
    gateway.ending, gateway.partial = [], {"text": "Revenue was", "sources": [SOURCE]}
    screen = terminal("chat", "What is the revenue?")
    screen.wait_for("Finding gaps")
    screen.interrupt()
    screen.wait_for("what there was of the answer is kept")
    assert "Revenue was" in screen.seen
    assert "[1] q3" in screen.seen
    assert screen.exit_code() == 130
