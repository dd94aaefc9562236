"""The snapshot is what the events say, however they arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley_common.contracts.jobs import Status
from parley_gateway.domain.projection import JobSnapshot, fold

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def accepted(story: Any) -> JobSnapshot:
    return JobSnapshot(id=story.job, kind="enhance", status=Status.PENDING, created_at=NOW)


def asked(story: Any, seq: int, question: str) -> Any:
    return story.frame(
        "question.asked",
        seq,
        question_id=question,
        prompt="Tone?",
        schema={"type": "string"},
        expires_at=NOW.isoformat(),
    ).event


def test_a_job_goes_from_pending_through_a_question_to_its_result(story: Any) -> None:
    question = str(uuid4())
    events = [
        story.frame("job.started", 2, attempt=1, mode="offline").event,
        story.frame("job.progress", 3, fraction=0.4, stage="Thinking").event,
        asked(story, 4, question),
    ]
    waiting = fold(accepted(story), events)
    assert (waiting.status, waiting.stage, waiting.attempts) == (Status.WAITING, "Thinking", 1)
    assert waiting.question is not None
    assert str(waiting.question.question_id) == question

    answered = story.frame("question.answered", 5, question_id=question, answer_id="a", value="formal").event
    done = fold(waiting, [answered, story.completed(6).event])
    assert (done.status, done.progress, done.result) == (Status.COMPLETED, 1.0, {"result": "done"})
    assert done.question is None
    assert done.completed_at is not None


def test_usage_of_steps_adds_up_until_the_final_event_says_the_total(story: Any) -> None:
    step = {"key": "k", "name": "write", "status": "completed", "usage": {"calls": 1, "tokens_in": 10, "tokens_out": 5}}
    running = fold(
        accepted(story), [story.frame("job.step", 2, **step).event, story.frame("job.step", 3, **step).event]
    )
    assert (running.usage.calls, running.usage.tokens_in) == (2, 20)

    failed = story.frame(
        "job.failed", 4, problem={"code": "x", "title": "X", "detail": "because"}, partial="half", usage={"calls": 7}
    ).event
    ended = fold(running, [failed])
    assert (ended.status, ended.usage.calls, ended.partial) == (Status.FAILED, 7, "half")
    assert ended.error is not None
    assert ended.error.detail == "because"


def test_an_event_out_of_turn_changes_nothing(story: Any) -> None:
    before = accepted(story)
    assert fold(before, [story.progress(3).event]) is before
    assert fold(before, [story.progress(1).event]) is before


def test_nothing_follows_a_final_event(story: Any) -> None:
    ended = fold(accepted(story), [story.frame("job.cancelled", 2, partial=None).event])
    assert fold(ended, [story.progress(3).event]) is ended


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.data())
def test_repeats_and_strays_do_not_change_the_outcome(story: Any, data: st.DataObject) -> None:
    events = [frame.event for frame in story.told(8)][1:]
    noisy = [event for event in events for _ in range(data.draw(st.integers(1, 3)))]
    strays = data.draw(st.lists(st.sampled_from(events[:3]), max_size=5))
    assert fold(accepted(story), [*noisy, *strays]) == fold(accepted(story), events)
