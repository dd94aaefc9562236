"""What a group of claims and writes must not do to each other; on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from parley_common.bus.message import EVENTS, Outgoing
from parley_common.contracts.jobs import Status, Usage
from parley_common.persistence import persistently
from parley_common.runtime.ledger import Claim, Write
from parley_common.runtime.ledgers import open_ledger
from parley_common.runtime.records import step_values
from parley_common.runtime.run import StepRow
from parley_common.runtime.tables import job, step
from parley_common.storage.errors import REFUSALS, DatabaseUnavailable

postgres = pytest.param("postgresql", marks=pytest.mark.connected)
ON_POSTGRES = pytest.mark.parametrize("sql_url", [postgres], indirect=True)


def new_job() -> Claim:
    id, usage = uuid4(), Usage().model_dump()
    columns = {"id": id, "kind": "any", "owner": "ada", "status": "running", "priority": "interactive", "usage": usage}
    numbers = {"epoch": 1, "last_seq": 2, "fence": 1, "attempts": 1, "crashes": 0, "progress": 0.0, "ran_seconds": 0.0}
    row = columns | numbers | {"cancel_requested": False, "partial": None, "created_at": datetime.now(UTC)}
    return Claim(row, [said("started")])


def said(what: str) -> Outgoing:
    return Outgoing(EVENTS, f"enhancer.job.{what}.v1", b'{"seq":1}', {"what": what})


def step_of(run: UUID, key: str, *, fence: int = 1) -> Write:
    row = step_values(run, StepRow(key, key, "0" * 64, "done", output="1"))
    return Write(run, fence, 2, {"last_seq": 3, "partial": None}, [said(key)], step=row)


async def steps(site: Any) -> set[tuple[UUID, str]]:
    async with site.database.read() as connection:
        return {(row.job, row.key) for row in await connection.execute(select(step))}


async def published(site: Any, count: int) -> list[str]:
    await site.bus.until(lambda: len(site.bus.messages) >= count)
    return sorted(message.headers["what"] for message in site.bus.messages)


async def test_start_that_arrives_several_times_at_once_is_claimed_once(site: Any) -> None:
    ledger, jobs = open_ledger(site.database), [new_job() for _ in range(8)]
    again = [replace(each, messages=[said("started")]) for each in reversed(jobs)]
    won = await asyncio.gather(*(ledger.claim(each) for each in [*jobs, *again]))
    assert won == [True] * 8 + [False] * 8
    assert await published(site, 8) == ["started"] * 8


async def test_write_of_a_stale_run_leaves_nothing_behind_in_the_group_of_the_live_one(site: Any) -> None:
    ledger, claim = open_ledger(site.database), new_job()
    await ledger.claim(claim)
    run = claim.job["id"]
    writes = [step_of(run, "stale", fence=0), step_of(run, "live"), step_of(uuid4(), "unknown")]
    assert await asyncio.gather(*map(ledger.write, writes)) == [False, True, False]
    assert await steps(site) == {(run, "live")}
    assert await published(site, 2) == ["live", "started"]


async def test_write_that_the_database_refuses_fails_alone(site: Any) -> None:
    ledger, claims = open_ledger(site.database), [new_job() for _ in range(3)]
    assert all(await asyncio.gather(*map(ledger.claim, claims)))
    good, bad, also_good = (step_of(claim.job["id"], "work") for claim in claims)
    refused = replace(bad, step={**(bad.step or {}), "name": None})
    outcomes = await asyncio.gather(*map(ledger.write, (good, refused, also_good)), return_exceptions=True)
    assert isinstance(outcomes[1], REFUSALS)
    assert (outcomes[0], outcomes[2]) == (True, True)
    assert await steps(site) == {(good.run, "work"), (also_good.run, "work")}


async def test_status_gives_the_lease_back_and_what_is_not_named_stays(site: Any) -> None:
    ledger, claim = open_ledger(site.database), new_job()
    leased = replace(claim, job=claim.job | {"lease_owner": "me", "lease_until": datetime.now(UTC), "crashes": 2})
    await ledger.claim(leased)
    run = claim.job["id"]
    assert await ledger.write(Write(run, 1, 2, {"last_seq": 3, "partial": {"text": "so far"}}, []))
    assert await columns(site, run) == ("running", 3, "me", 2, {"text": "so far"})
    assert await ledger.write(Write(run, 1, 3, {"last_seq": 4, "partial": None, "status": "completed"}, []))
    assert await columns(site, run) == ("completed", 4, None, 2, None)


async def columns(site: Any, run: UUID) -> tuple[Any, ...]:
    names = job.c.status, job.c.last_seq, job.c.lease_owner, job.c.crashes, job.c.partial
    async with site.database.read() as connection:
        return tuple((await connection.execute(select(*names).where(job.c.id == run))).one())


@ON_POSTGRES
async def test_text_that_does_not_fit_is_refused_and_not_cut(site: Any) -> None:
    claim = new_job()
    with pytest.raises(REFUSALS):
        await open_ledger(site.database).claim(replace(claim, job=claim.job | {"kind": "k" * 65}))


@ON_POSTGRES
async def test_connections_that_the_server_closed_are_replaced(site: Any) -> None:
    ledger = open_ledger(site.database)
    await asyncio.gather(*(ledger.claim(new_job()) for _ in range(20)))
    others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    killing = site.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with killing.connect() as connection:
        await connection.execute(text(f"{others.text} AND datname = current_database()"))
    assert await persistently(lambda: ledger.claim(new_job()), on=DatabaseUnavailable, longest=0.1)


@ON_POSTGRES
@pytest.mark.parametrize(("change", "lands"), [({"lease_until": datetime.now(UTC)}, True), ({"fence": 2}, False)])
async def test_write_that_waits_for_its_row_goes_by_what_it_finds_then(
    site: Any, change: dict[str, Any], lands: bool
) -> None:
    """A heartbeat that commits in between costs no lease; a claim by another worker does."""
    ledger, claim = open_ledger(site.database), new_job()
    await ledger.claim(claim)
    run = claim.job["id"]
    async with site.database.transaction() as transaction:
        await transaction.execute(update(job).where(job.c.id == run).values(change))
        writing = asyncio.create_task(ledger.write(step_of(run, "work")))
        await somebody_waits(site)
    assert await writing is lands
    assert await steps(site) == ({(run, "work")} if lands else set())


async def somebody_waits(site: Any) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while True:
            async with site.database.read() as connection:
                if await connection.scalar(waiting):
                    return


def asked_of(run: UUID) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "job": run,
        "key": "tone",
        "prompt": "Which tone?",
        "required": False,
        "default": {"deep": [1, "\0"]},
        "expires_at": datetime.now(UTC),
    }


def woken(run: UUID, question: UUID, value: str) -> Write:
    numbers = {"fence": 2, "attempts": 2, "last_seq": 4, "wake_at": None, "partial": None}
    columns = numbers | {"status": "running", "lease_owner": value, "lease_until": datetime.now(UTC)}
    answer = {"id": question, "outcome": "answered", "answer_id": value, "value": {"said": value}}
    return Write(run, 1, 3, columns, [said(value)], answer=answer, was=Status.WAITING)


async def test_of_many_answers_at_once_one_wakes_the_job_with_its_lease_and_value(site: Any) -> None:
    ledger, claim = open_ledger(site.database), new_job()
    await ledger.claim(claim)
    run = claim.job["id"]
    asked = asked_of(run)
    waiting = Write(run, 1, 2, {"status": "waiting", "last_seq": 3, "partial": {"a": 1}}, [], question=asked)
    assert await ledger.write(replace(waiting, step=step_of(run, "done").step))
    names = [f"answer {number}" for number in range(8)]
    won = await asyncio.gather(*(ledger.write(woken(run, asked["id"], name)) for name in names))
    assert won.count(True) == 1
    stored, winner = await ledger.read(run), names[won.index(True)]
    assert stored is not None
    assert [stored.job[name] for name in ("status", "fence", "lease_owner", "crashes")] == ["running", 2, winner, 0]
    assert [(row.key, row.usage) for row in stored.steps] == [("done", Usage().model_dump())]
    assert [(row.id, row.outcome, row.value) for row in stored.questions] == [
        (asked["id"], "answered", {"said": winner})
    ]
    assert stored.questions[0].default == asked["default"]
    assert await published(site, 2) == sorted(["started", winner])


async def test_job_that_nobody_knows_cannot_be_read(site: Any) -> None:
    assert await open_ledger(site.database).read(uuid4()) is None
