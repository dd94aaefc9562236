"""`parley jobs`, `parley dead` and the root options against a scripted gateway."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

JOB = "01900000-0000-7000-8000-000000000001"
QUESTION = "01900000-0000-7000-8000-000000000002"


def test_jobs_are_listed_as_tab_separated_lines_without_a_terminal(parley: Any) -> None:
    done = parley("jobs", "ls")
    assert done.stdout == f"{JOB}\tenhance\trunning\tFinding gaps\t2026-01-01T00:00:00Z\n"


def test_jobs_are_listed_as_json(parley: Any) -> None:
    assert json.loads(parley("jobs", "ls", "--json").stdout)["id"] == JOB


def test_unknown_status_is_wrong_usage(parley: Any) -> None:
    assert parley("jobs", "ls", "--status", "asleep").exit_code == 2


def test_shown_job_tells_its_question(gateway: Any, parley: Any) -> None:
    gateway.ask()
    done = parley("jobs", "show", JOB)
    assert "status        waiting" in done.stdout
    assert "What tone?" in done.stdout


def test_unknown_job_is_explained(parley: Any) -> None:
    done = parley("jobs", "show", str(uuid4()))
    assert done.exit_code == 1
    assert done.stderr == "Not found: No such job. (not_found, trace abc123)\n"


def test_malformed_id_is_wrong_usage(parley: Any) -> None:
    assert parley("jobs", "show", "../x").exit_code == 2


def test_watching_prints_every_event_as_a_line_of_json(gateway: Any, parley: Any) -> None:
    gateway.play(*gateway.opening, *gateway.ending)
    events = [json.loads(each) for each in parley("jobs", "watch", "--json", JOB).stdout.splitlines()]
    assert [each["seq"] for each in events] == [1, 2, 3, None, None, 4]


def test_watching_shows_the_question_and_leaves_it_to_others(gateway: Any, terminal: Any, parley: Any) -> None:
    gateway.ask()
    gateway.play(*gateway.opening)
    screen = terminal("jobs", "watch", JOB)
    screen.wait_for("parley jobs answer")
    assert gateway.answers == []
    assert parley("jobs", "answer", JOB, "formal").stdout == "answered\n"
    assert screen.exit_code() == 0


def test_interrupt_ends_the_watching_and_not_the_job(gateway: Any, terminal: Any) -> None:
    gateway.ask()
    gateway.play(*gateway.opening)
    screen = terminal("jobs", "watch", JOB)
    screen.wait_for("What tone?")
    screen.interrupt()
    assert screen.exit_code() == 130
    assert "The job goes on" in screen.seen
    assert gateway.snapshot()["status"] == "waiting"


def test_cancelled_job_is_reported(gateway: Any, parley: Any) -> None:
    gateway.play(*gateway.opening)
    assert parley("jobs", "cancel", JOB).stdout == "cancelled\n"


def test_answer_goes_to_the_open_question(gateway: Any, parley: Any) -> None:
    gateway.ask(schema={"type": "integer"})
    assert parley("jobs", "answer", JOB, "3").exit_code == 0
    assert gateway.answers == [{"value": 3}]


def test_question_is_declined(gateway: Any, parley: Any) -> None:
    gateway.ask()
    assert parley("jobs", "answer", JOB, "--decline").stdout == "declined\n"
    assert gateway.answers == [{"declined": True}]


def test_answer_needs_a_value_or_a_decline(parley: Any) -> None:
    assert parley("jobs", "answer", JOB).exit_code == 2
    assert parley("jobs", "answer", JOB, "formal", "--decline").exit_code == 2


def test_job_without_a_question_takes_no_answer(parley: Any) -> None:
    done = parley("jobs", "answer", JOB, "formal")
    assert (done.exit_code, done.stdout) == (1, "This job asks nothing.\n")


def test_dead_letters_are_listed_and_replayed(gateway: Any, parley: Any) -> None:
    assert parley("dead", "ls").stdout == "7\tenhancer.control\tenhancer.answer.v1\tbad\n"
    assert parley("dead", "replay", "7").stdout == "replayed\n"
    assert gateway.replayed == ["7"]


def test_address_must_be_one_of_http(parley: Any) -> None:
    assert parley("--url", "ftp://x", "jobs", "ls").exit_code == 2


def test_answer_of_a_stranger_is_no_traceback(gateway: Any, parley: Any) -> None:
    from fastapi.responses import PlainTextResponse

    gateway.refusals["/v1/jobs"] = PlainTextResponse("hello")
    done = parley("jobs", "ls")
    assert done.exit_code == 1
    assert "not an answer of Parley" in done.stderr


def test_login_prints_a_token_and_nothing_else(parley: Any) -> None:
    done = parley("login", "ada", PARLEY_PASSWORD="correct horse")
    assert (done.exit_code, done.stdout) == (0, "token-of-ada\n")


def test_login_with_a_wrong_password_is_refused(parley: Any) -> None:
    done = parley("login", "ada", PARLEY_PASSWORD="wrong")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Wrong name or password." in done.stderr


def test_login_asks_for_the_password_beside_stdout(parley: Any) -> None:
    done = parley("login", "ada", stdin="correct horse\n", PARLEY_PASSWORD=None)
    assert done.stdout.split() == ["token-of-ada"]
    assert "Password" in done.stderr
