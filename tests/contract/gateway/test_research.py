"""Questions about datasets in the shape of the polling routes that older clients speak."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

JOBS = "/deep-research/jobs"
STAGES = [
    (0.1, "Stage 1/7: Decomposing question", 10),
    (0.35, "Stage 3/7: Executing queries", 35),
    (0.555, "Stage 4/7: Enriching with follow-ups", 56),
    (0.9, "Stage 7/7: Generating verbose analysis", 90),
]
SHAPE = {
    *("success", "job_id", "status", "current_stage", "progress_percentage", "result", "error_message", "created_at"),
    *("started_at", "completed_at", "execution_time_seconds"),
    *("dataset_id", "main_question", "partial", "question"),
}


async def ask(gateway: Any, dataset: str, *, headers: dict[str, str] | None = None, **more: Any) -> str:
    body = {"dataset_id": dataset, "question": "Which city sells most?", "verbose": 0, **more}
    answer = await gateway.http.post(f"{JOBS}/submit", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


async def seen(gateway: Any, job: str, **options: Any) -> dict[str, Any]:
    answer = await gateway.http.get(f"{JOBS}/{job}/", **options)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("path", [f"{JOBS}/submit", f"{JOBS}/submit/"])
async def test_a_question_is_accepted_in_the_agreed_words(gateway: Any, researcher: Any, path: str) -> None:
    dataset = await gateway.loaded(researcher)
    answer = await gateway.http.post(path, json={"dataset_id": dataset, "question": " Which? ", "verbose": 1})
    job = answer.json()["job_id"]
    assert answer.status_code == 202
    assert answer.json() == {
        "success": True,
        "job_id": job,
        "message": "Research job submitted successfully",
        "status": "pending",
    }
    assert answer.headers["location"] == f"/v1/jobs/{job}"
    sent = (await researcher.command("start", job))["input"]
    assert (sent["dataset"], sent["question"], sent["verbose"]) == (dataset, "Which?", True)
    assert (sent["name"], sent["hash"], sent["table"]) == ("sales.csv", "c" * 64, f"table/{dataset.replace('-', '')}")


async def test_the_dataset_has_to_be_there_and_loaded(gateway: Any, researcher: Any) -> None:
    async def submit(dataset: str) -> Any:
        return await gateway.http.post(f"{JOBS}/submit", json={"dataset_id": dataset, "question": "Which?"})

    assert (await submit(str(uuid4()))).status_code == 404
    loading = await gateway.upload()
    early = await submit(loading["dataset_id"])
    assert (early.status_code, early.json()["code"]) == (409, "dataset_not_ready")
    await researcher.start_as("load", loading["job_id"])
    problem = {"code": "empty_file", "title": "Empty", "detail": "The file has no rows."}
    await researcher.emit(loading["job_id"], "job.failed", 3, problem=problem)
    await gateway.dataset(loading, "failed")
    failed = await submit(loading["dataset_id"])
    assert (failed.status_code, failed.json()["code"]) == (409, "dataset_not_ready")
    assert "The file has no rows." in failed.json()["detail"]
    await gateway.http.delete(f"/datasets/{loading['dataset_id']}")
    assert (await submit(loading["dataset_id"])).status_code == 404
    assert (await gateway.http.get(JOBS)).json() == {"success": True, "jobs": [], "next_cursor": None}


NONSENSE: list[dict[str, Any]] = [
    *({"verbose": bad} for bad in (2, -1, "x", 0.5, None)),
    *({"question": bad} for bad in ("", "   ", "x" * 4001, 7, None, "a\0b")),
    *({"dataset_id": bad} for bad in ("x", None, 7)),
    *({"review_plan": "perhaps"}, {"priority": "urgent"}, {"run_at": "tomorrow"}, {"run_at": "2026-01-01T00:00"}),
    *({"webhook_url": "ftp://example.com"}, {"webhook_url": "http://127.0.0.1/x"}, {"budget": {"tokens": 0}}),
    {"run_at": "2126-01-01T00:00:00Z"},
]


async def test_a_question_that_makes_no_sense_is_refused(
    gateway: Any, researcher: Any, subtests: pytest.Subtests
) -> None:
    dataset = await gateway.loaded(researcher)
    for wrong in NONSENSE:
        with subtests.test(wrong=str(wrong)[:80]):
            body = {"dataset_id": dataset, "question": "Which?", "verbose": 0, **wrong}
            answer = await gateway.http.post(f"{JOBS}/submit", json=body)
            assert answer.status_code == 422, answer.text
            assert (await gateway.http.get(JOBS)).json()["jobs"] == []


async def test_options_reach_the_worker(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    job = await ask(gateway, dataset, review_plan=True, priority="batch", budget={"calls": 3}, verbose=0)
    sent = await researcher.command("start", job)
    assert (sent["input"]["review_plan"], sent["input"]["verbose"]) == (True, False)
    assert sent["budget"]["calls"] == 3
    async with gateway.http.stream("GET", f"/v1/jobs/{job}/events") as events:
        accepted = await anext(line async for line in events.aiter_lines() if line.startswith("data:"))
    assert '"priority":"batch"' in accepted
    later = await ask(gateway, dataset, run_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    now = await ask(gateway, dataset, run_at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    await researcher.command("start", now)
    assert researcher.named("start", later) == []
    assert (await seen(gateway, later))["status"] == "pending"


async def test_a_repeated_question_is_asked_once(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    body = {"dataset_id": dataset, "question": "Which?"}
    key = {"Idempotency-Key": "mine"}
    first, again = [await gateway.http.post(f"{JOBS}/submit", json=body, headers=key) for _ in range(2)]
    assert (again.status_code, again.text) == (202, first.text)
    other = await gateway.http.post(f"{JOBS}/submit", json={**body, "verbose": 1}, headers=key)
    assert other.status_code == 422
    assert len((await gateway.http.get(JOBS)).json()["jobs"]) == 1


async def test_a_job_is_followed_by_polling_to_its_result(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    job = await ask(gateway, dataset, verbose=1)
    pending = await seen(gateway, job)
    assert set(pending) == SHAPE
    assert (pending["success"], pending["job_id"], pending["dataset_id"]) == (True, job, dataset)
    assert (pending["status"], pending["progress_percentage"]) == ("pending", 0)
    assert (pending["started_at"], pending["completed_at"], pending["execution_time_seconds"]) == (None, None, None)
    await researcher.start(job)
    for seq, (fraction, stage, percentage) in enumerate(STAGES, start=3):
        await researcher.emit(job, "job.progress", seq, fraction=fraction, stage=stage)
        await gateway.job_when(job, lambda s, seq=seq: s["seq"] == seq)
        running = await seen(gateway, job)
        told = (running["status"], running["current_stage"], running["progress_percentage"])
        assert told == ("running", stage, percentage)
    result = {"main_question": "Which?", "direct_answer": "C", "key_findings": [], "verbose_analysis": "long"}
    await researcher.emit(job, "job.completed", 7, result=result)
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    done = await seen(gateway, job)
    assert (done["status"], done["progress_percentage"], done["error_message"]) == ("completed", 100, None)
    assert done["result"] == result
    spent = datetime.fromisoformat(done["completed_at"]) - datetime.fromisoformat(done["started_at"])
    assert done["execution_time_seconds"] == round(spent.total_seconds(), 3)


async def test_a_job_that_asks_shows_its_question_and_is_under_way(gateway: Any, researcher: Any) -> None:
    job = await ask(gateway, await gateway.loaded(researcher), review_plan=True)
    await researcher.start(job)
    question = await researcher.ask(job)
    await gateway.job_when(job, lambda s: s["status"] == "waiting")
    waiting = await seen(gateway, job)
    assert (waiting["status"], waiting["question"]["question_id"]) == ("running", question)
    assert (await gateway.http.get(JOBS, params={"status": "completed"})).json()["jobs"] == []
    (listed,) = (await gateway.http.get(JOBS, params={"status": "running"})).json()["jobs"]
    assert (listed["status"], listed["question"]["question_id"]) == ("running", question)
    assert [each["job_id"] for each in (await gateway.http.get(JOBS)).json()["jobs"]] == [job]
    assert (await gateway.answer(job, question, value="formal")).status_code == 200
    assert (await seen(gateway, job))["question"] is None


async def test_a_failed_job_says_why(gateway: Any, researcher: Any) -> None:
    job = await ask(gateway, await gateway.loaded(researcher))
    await researcher.start(job)
    problem = {"code": "model_away", "title": "Model away", "detail": "No model answered."}
    await researcher.emit(job, "job.failed", 3, problem=problem, partial={"key_findings": ["one"]})
    await gateway.job_when(job, lambda s: s["status"] == "failed")
    failed = await seen(gateway, job)
    assert (failed["status"], failed["error_message"]) == ("failed", "No model answered.")
    assert (failed["partial"], failed["result"]) == ({"key_findings": ["one"]}, None)
    assert failed["execution_time_seconds"] is not None


async def test_a_cancelled_job_keeps_what_it_had_found(gateway: Any, researcher: Any) -> None:
    job = await ask(gateway, await gateway.loaded(researcher))
    await researcher.start(job)
    await gateway.job_when(job, lambda s: s["status"] == "running")
    found = {"supporting_details": [{"query_id": "q1"}]}
    await researcher.emit(job, "job.cancelled", 3, partial=found)
    await gateway.job_when(job, lambda s: s["status"] == "cancelled")
    for _ in range(2):
        answer = await gateway.http.delete(f"{JOBS}/{job}")
        assert (answer.status_code, answer.json()) == (200, {"success": True, "job_id": job, "status": "cancelled"})
    cancelled = await seen(gateway, job)
    assert (cancelled["status"], cancelled["partial"], cancelled["result"]) == ("cancelled", found, None)


async def test_cancelling_tells_the_worker(start_gateway: Any, gateway: Any, researcher: Any) -> None:
    hasty = await start_gateway(cancel_wait=0)
    job = await ask(gateway, await gateway.loaded(researcher))
    await researcher.start(job)
    await gateway.job_when(job, lambda s: s["status"] == "running")
    assert (await hasty.http.delete(f"{JOBS}/{job}")).json()["status"] == "cancelled"
    await researcher.command("cancel", job)


async def test_what_cannot_be_cancelled_says_so(gateway: Any, researcher: Any) -> None:
    upload = await gateway.upload()
    for job in (upload["job_id"], str(uuid4())):
        for method in ("GET", "DELETE"):
            assert (await gateway.http.request(method, f"{JOBS}/{job}")).status_code == 404
    job = await ask(gateway, await gateway.loaded(researcher))
    await researcher.start(job)
    await researcher.emit(job, "job.completed", 3, result={})
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    finished = await gateway.http.delete(f"{JOBS}/{job}")
    assert (finished.status_code, finished.json()["code"]) == (409, "job_finished")
    assert (await gateway.http.get(f"{JOBS}/x")).status_code == 404
    assert (await gateway.http.get(f"{JOBS}/submit")).status_code == 405


async def test_jobs_are_listed_by_dataset_status_and_page(gateway: Any, researcher: Any) -> None:
    first, second = [await gateway.loaded(researcher) for _ in range(2)]
    asked = [await ask(gateway, first) for _ in range(3)]
    other = await ask(gateway, second)

    async def listed(**query: Any) -> list[str]:
        return [each["job_id"] for each in (await gateway.http.get(JOBS, params=query)).json()["jobs"]]

    assert await listed() == [other, *asked[::-1]]
    assert await listed(dataset_id=first) == asked[::-1]
    assert await listed(dataset_id=str(uuid4())) == []
    await researcher.start(asked[0])
    await gateway.job_when(asked[0], lambda s: s["status"] == "running")
    assert await listed(status="running") == [asked[0]]
    assert await listed(status="pending", dataset_id=first) == asked[:0:-1]
    page = (await gateway.http.get(JOBS, params={"dataset_id": first, "limit": 2})).json()
    assert [each["job_id"] for each in page["jobs"]] == asked[:0:-1]
    rest = (await gateway.http.get(JOBS, params={"dataset_id": first, "cursor": page["next_cursor"]})).json()
    assert ([each["job_id"] for each in rest["jobs"]], rest["next_cursor"]) == ([asked[0]], None)
    for bad in ({"limit": 0}, {"limit": 201}, {"status": "done"}, {"dataset_id": "x"}, {"cursor": "x"}):
        assert (await gateway.http.get(JOBS, params=bad)).status_code == 422


async def test_a_job_keeps_its_result_when_its_dataset_is_deleted(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    job = await ask(gateway, dataset)
    await researcher.start(job)
    await researcher.emit(job, "job.completed", 3, result={"direct_answer": "C"})
    await gateway.job_when(job, lambda s: s["status"] == "completed")
    assert (await gateway.http.delete(f"/datasets/{dataset}")).status_code == 204
    assert (await seen(gateway, job))["result"] == {"direct_answer": "C"}


async def test_nobody_asks_or_sees_with_another_users_data(start_gateway: Any, researcher: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    dataset = await gateway.loaded(researcher, headers=ada)
    stolen = await gateway.http.post(f"{JOBS}/submit", json={"dataset_id": dataset, "question": "Which?"}, headers=bob)
    assert stolen.status_code == 404
    job = await ask(gateway, dataset, headers=ada)
    for method in ("GET", "DELETE"):
        assert (await gateway.http.request(method, f"{JOBS}/{job}", headers=bob)).status_code == 404
        assert (await gateway.http.request(method, f"{JOBS}/{job}")).status_code == 401
    assert (await gateway.http.get(JOBS, params={"dataset_id": dataset}, headers=bob)).json()["jobs"] == []
    assert (await seen(gateway, job, headers=ada))["status"] == "pending"
