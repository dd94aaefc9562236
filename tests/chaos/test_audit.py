"""The audit is silent about a run in which all is well, and sees each thing that can be wrong with one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from harness.audit import audit
from harness.evidence import Evidence
from harness.injuries import Injury
from harness.journey import Plan, Story
from harness.model import Call
from harness.schedule import Action, Fault, Kind

JOB, QUESTION = UUID(int=1), UUID(int=2)
ACCEPTED = {"answer_id": "a", "value": "hikers", "declined": False}
RESULT = {"result": {"question": {"answer": "hikers"}}}
TASK = "<asks 1>"


def frames(*more: tuple[str, Any]) -> list[str]:
    """The log of a job that asked, was answered and ended."""
    log: list[tuple[str, Any]] = [
        ("job.accepted", {}),
        ("job.started", {"attempt": 1}),
        ("question.asked", {"question_id": str(QUESTION)}),
        ("question.answered", {"question_id": str(QUESTION), **ACCEPTED}),
        ("job.started", {"attempt": 2}),
        *more,
        ("job.completed", RESULT),
    ]
    return [
        json.dumps({"type": kind, "seq": seq, "time": "1970-01-01T00:01:40Z", "data": data})
        for seq, (kind, data) in enumerate(log, start=1)
    ]


def rows(log: list[str]) -> list[dict[str, Any]]:
    return [{"job": JOB, "type": json.loads(body)["type"], "body": body} for body in log]


def story(**changes: Any) -> Story:
    plan = Plan(1, asks=True, answers=(), think=0, cancel_after=None)
    return replace(Story(plan, str(JOB), frames(), ended=True, accepted=[ACCEPTED], connections=1), **changes)


def job(**changes: Any) -> dict[str, Any]:
    return {"id": JOB, "status": "completed", "attempts": 2, "last_seq": 6, "lease_owner": None} | changes


def injury(kind: Kind, action: Action, *, struck: float, **more: Any) -> Injury:
    fault = Fault(1, kind, action, target=0, pause=0, away=0)
    return Injury(fault, f"{kind}-1", 77, struck, struck + 1, **more)


def held(**columns: Any) -> list[dict[str, Any]]:
    """A job as a worker had it in its first run, before anything was done."""
    return [job(status="running", last_seq=2, done=[]) | columns]


ANSWER = {"id": QUESTION, "job": JOB, "answer_id": "a"}
FINE = Evidence(
    lease=5,
    injuries=[],
    stories=[story()],
    calls=[Call(TASK, "find gaps", 10.0)],
    jobs=[job()],
    steps=[{"job": JOB, "key": "find gaps", "status": "done"}],
    questions=[ANSWER],
    snapshots=[job()],
    events=rows(frames()),
    answers=[ANSWER],
    left={"gateway's outbox": 0, "enhancer.interactive.dead": 0},
    letters=[],
    logs={"enhancer-1": []},
)
AGAIN = [*FINE.calls, Call(TASK, "find gaps", 20.0)]
KILLED = injury(Kind.WORKER, Action.KILL, struck=12, held=held())
EXPIRED = {"event": "lease ran out", "job": str(JOB), "worker": "host:77:abc", "timestamp": "1970-01-01T00:00:20Z"}


def expired(*injuries: Injury) -> Evidence:
    return replace(FINE, injuries=[*injuries], logs={"enhancer-2": [EXPIRED]})


def test_all_is_well() -> None:
    assert audit(FINE) == []


@pytest.mark.parametrize(
    "evidence",
    [
        replace(FINE, calls=AGAIN, injuries=[KILLED]),
        replace(FINE, calls=AGAIN, injuries=[injury(Kind.WORKER, Action.FREEZE, struck=12, held=held())]),
        expired(KILLED),
    ],
)
def test_what_a_kill_excuses_is_not_wrong(evidence: Evidence) -> None:
    assert audit(evidence) == []


WRONG: dict[str, Callable[[], Evidence]] = {
    "ended 0 times": lambda: replace(FINE, stories=[story(frames=frames()[:-1])], events=rows(frames())),
    "ended 2 times": lambda: replace(
        FINE,
        stories=[story(frames=frames(("job.completed", RESULT)))],
        events=rows(frames(("job.completed", RESULT))),
        jobs=[job(last_seq=7)],
    ),
    "as completed and running": lambda: replace(FINE, snapshots=[job(status="running")]),
    "made without being accepted": lambda: replace(FINE, snapshots=[job(), job(id=UUID(int=9))]),
    "but {'completed'}": lambda: replace(FINE, stories=[story(cancelled_at=99.0)]),
    "still held": lambda: replace(FINE, jobs=[job(lease_owner="host:77:abc")]),
    "which nobody had broken": lambda: expired(injury(Kind.WORKER, Action.STOP, struck=12)),
    "its client saw [1, 3": lambda: replace(FINE, stories=[story(frames=[frames()[0], *frames()[2:]])]),
    "its client saw [1, 1": lambda: replace(FINE, stories=[story(frames=[frames()[0], *frames()])]),
    "other events than were stored": lambda: replace(FINE, events=rows([*frames()[:-1], frames()[-1] + " "])),
    "never saw its question": lambda: replace(FINE, answers=[ANSWER, ANSWER | {"id": UUID(int=3)}]),
    "several accepted answers": lambda: replace(
        FINE, stories=[story(accepted=[ACCEPTED, ACCEPTED | {"answer_id": "b"}])]
    ),
    "taken as the answer": lambda: replace(FINE, questions=[ANSWER | {"answer_id": "b"}]),
    "was accepted, but used": lambda: replace(FINE, stories=[story(accepted=[ACCEPTED | {"value": "cooks"}])]),
    "called again": lambda: replace(FINE, calls=AGAIN),
    "10.00 s later, for no reason": lambda: replace(FINE, calls=AGAIN, injuries=[replace(KILLED, held=[])]),
    "for no reason": lambda: replace(FINE, calls=AGAIN, injuries=[replace(KILLED, held=held(done=["find gaps"]))]),
    "8.00 s later": lambda: replace(FINE, calls=[*AGAIN, Call(TASK, "find gaps", 28.0)], injuries=[KILLED]),
    "never called": lambda: replace(FINE, calls=[]),
    "after the cancellation": lambda: replace(FINE, stories=[story(cancelled_at=9.0)]),
    "when worker-1 came back": lambda: replace(
        FINE, injuries=[injury(Kind.WORKER, Action.FREEZE, struck=12, after=[job(last_seq=5)])]
    ),
    "claimed 3 times": lambda: replace(FINE, jobs=[job(attempts=3)]),
    "6 events, and not 7": lambda: replace(FINE, jobs=[job(last_seq=7)]),
    "handed over only after 88.0 s": lambda: replace(
        FINE, injuries=[injury(Kind.WORKER, Action.STOP, struck=12, held=held(last_seq=4))]
    ),
    "left in gateway's outbox": lambda: replace(FINE, left={"gateway's outbox": 1}),
    "dead in q: why": lambda: replace(FINE, letters=[{"queue": "q", "reason": "why", "body": ""}]),
    "POST / answered 500": lambda: replace(FINE, stories=[story(surprises=["POST / answered 500"])]),
    "logged a bug": lambda: replace(FINE, logs={"gateway-1": [{"event": "a bug", "level": "error"}]}),
}


@pytest.mark.parametrize("finding", WRONG)
def test_harm_is_found(finding: str) -> None:
    found = audit(WRONG[finding]())
    assert any(finding in each for each in found), found
