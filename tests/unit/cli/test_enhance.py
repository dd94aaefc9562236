"""`parley enhance` against a scripted gateway, with pipes and in a terminal."""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import JSONResponse

JOB = "01900000-0000-7000-8000-000000000001"
ESCAPE_SEQUENCE = "\x1b]0;owned\x07\x1b[2J"


def test_result_alone_goes_to_stdout(gateway: Any, parley: Any) -> None:
    done = parley("enhance", "--task", "mail", "--web", "write a mail")
    assert (done.exit_code, done.stdout) == (0, "Write a formal mail.\n")
    assert gateway.submitted == [{"task": "mail", "lazy_prompt": "write a mail", "use_web_search": True}]
    assert "20% Finding gaps" in done.stderr
    assert "\x1b" not in done.stderr


def test_prompt_is_read_from_stdin(gateway: Any, parley: Any) -> None:
    assert parley("enhance", "-", stdin="write a mail\n").exit_code == 0
    assert gateway.submitted[0]["lazy_prompt"] == "write a mail\n"


def test_prepared_answer_is_given(gateway: Any, parley: Any) -> None:
    gateway.ask()
    assert parley("enhance", "--answer", "formal", "write a mail").exit_code == 0
    assert gateway.answers == [{"value": "formal"}]


def test_number_of_an_option_means_the_option(gateway: Any, parley: Any) -> None:
    gateway.ask(options=["formal", "friendly"])
    assert parley("enhance", "--answer", "2", "write a mail").exit_code == 0
    assert gateway.answers == [{"value": "friendly"}]


def test_question_is_declined_where_nobody_can_be_asked(gateway: Any, parley: Any) -> None:
    gateway.ask()
    assert parley("enhance", "--no-input", "write a mail").exit_code == 0
    assert gateway.answers == [{"declined": True}]


def test_json_is_the_finished_job_and_nothing_else(parley: Any) -> None:
    done = parley("enhance", "--json", "write a mail")
    assert json.loads(done.stdout)["result"]["result"] == "Write a formal mail."


def test_failed_job_exits_1_with_its_reason(gateway: Any, parley: Any) -> None:
    gateway.ending = [("job.failed", {"problem": {"code": "x", "title": "Model failed", "detail": "It timed out"}})]
    done = parley("enhance", "write a mail")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Model failed: It timed out" in done.stderr


def test_empty_prompt_is_wrong_usage(gateway: Any, parley: Any) -> None:
    assert parley("enhance", "  ").exit_code == 2
    assert gateway.submitted == []


def test_lost_connection_is_resumed_at_the_last_event(gateway: Any, parley: Any) -> None:
    gateway.drop_after = {2}
    assert parley("enhance", "write a mail").exit_code == 0
    assert gateway.subscriptions == [0, 2]


def test_problem_is_shown_with_code_and_trace(gateway: Any, parley: Any) -> None:
    body = {"title": "Invalid", "detail": "lazy_prompt: too long", "code": "invalid", "trace_id": "abc123"}
    gateway.refusals["/api/enhance/"] = JSONResponse(body, 422)
    done = parley("enhance", "write a mail")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Invalid: lazy_prompt: too long (invalid, trace abc123)\n"


def test_silent_gateway_is_one_line_that_says_how_to_start_it(parley: Any) -> None:
    done = parley("--url", "http://127.0.0.1:9", "enhance", "write a mail")
    assert done.exit_code == 1
    assert done.stderr == ("No gateway answers at http://127.0.0.1:9. Start one with: parley up (or set PARLEY_URL).\n")


def test_token_goes_with_every_request(gateway: Any, parley: Any) -> None:
    parley("enhance", "write a mail", PARLEY_TOKEN="secret")
    assert gateway.tokens == {"Bearer secret"}


def test_server_text_cannot_control_the_terminal(gateway: Any, parley: Any) -> None:
    gateway.ending = [("job.completed", {"result": {"result": f"a{ESCAPE_SEQUENCE}b [red]c", "summary": "x\x9b2J"}})]
    done = parley("enhance", "write a mail")
    assert done.stdout == "a\\x1b]0;owned\\x07\\x1b[2Jb [red]c\n"
    assert "x\\x9b2J" in done.stderr


def test_person_answers_in_the_terminal(gateway: Any, terminal: Any) -> None:
    gateway.ask(options=["formal", "friendly"], default="neutral")
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    assert "What tone?" in screen.seen
    assert "Enter alone takes “neutral”" in screen.seen
    assert "then the default is used" in screen.seen
    screen.type("1\n")
    screen.wait_for("Write a formal mail.")
    assert screen.exit_code() == 0
    assert gateway.answers == [{"value": "formal"}]


def test_enter_alone_takes_the_default(gateway: Any, terminal: Any) -> None:
    gateway.ask(default="neutral")
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    screen.type("\n")
    assert screen.exit_code() == 0
    assert gateway.answers == [{"value": "neutral"}]


def test_enter_alone_declines_where_there_is_no_default(gateway: Any, terminal: Any) -> None:
    gateway.ask()
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    screen.type("\n")
    assert screen.exit_code() == 0
    assert gateway.answers == [{"declined": True}]


def test_escape_declines(gateway: Any, terminal: Any) -> None:
    gateway.ask(default="neutral")
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    screen.type("\x1b\n")
    assert screen.exit_code() == 0
    assert gateway.answers == [{"declined": True}]


def test_invalid_answer_is_explained_and_asked_again(gateway: Any, terminal: Any) -> None:
    gateway.ask()
    path = f"/v1/jobs/{JOB}/questions/{gateway.question['question_id']}/answer"
    gateway.refusals[path] = JSONResponse({"title": "Invalid", "detail": "too short", "code": "invalid"}, 422)
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    screen.type("f\n")
    screen.wait_for("too short")
    screen.type("formal\n")
    assert screen.exit_code() == 0
    assert gateway.answers == [{"value": "formal"}]


def test_question_answered_elsewhere_stops_being_asked(gateway: Any, terminal: Any, parley: Any) -> None:
    gateway.ask()
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    assert parley("jobs", "answer", JOB, "formal").exit_code == 0
    screen.wait_for("answer: formal")
    assert screen.exit_code() == 0


def test_interrupt_cancels_the_job(gateway: Any, terminal: Any) -> None:
    gateway.ask()
    screen = terminal("enhance", "write a mail")
    screen.wait_for("> ")
    screen.interrupt()
    screen.wait_for("cancelled")
    assert screen.exit_code() == 130
    assert gateway.answers == []
