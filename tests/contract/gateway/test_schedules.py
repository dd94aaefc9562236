"""Questions asked again and again: by a clock that the test holds, however many gateways look at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from parley_common.contracts.jobs import Options
from parley_common.storage.database import Database
from parley_gateway.app import MIGRATIONS
from parley_gateway.live.following import Following
from parley_gateway.live.hub import Hub
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.recent import Recent
from parley_gateway.security.principal import Principal
from parley_gateway.security.settings import LOCAL_USER
from parley_gateway.store import schedules as stored
from parley_gateway.store.datasets import Datasets
from parley_gateway.store.events import Events
from parley_gateway.store.jobs import Jobs
from parley_gateway.store.tables import schedule
from parley_gateway.work.research import Questions, ResearchQuestion
from parley_gateway.work.schedules import Rhythm, Schedules
from parley_gateway.work.submissions import Submissions

LOCAL = Principal(LOCAL_USER, operator=True)
PATH = "/deep-research/schedules"
NEVER_DURING_TESTS = "0 0 29 2 *"


class Clock:
    """Says what it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def another_process(settings: Any, clock: Clock) -> AsyncIterator[Schedules]:
    """The schedules of one more gateway on the same database, which goes by this clock."""
    database = Database.open(settings, "gateway", MIGRATIONS)
    recent, newcomers = Recent(), Newcomers()
    submissions = Submissions(database, recent, newcomers, resend_after=60, check=lambda _: None)
    hub = Hub(Events(database), recent=recent, waits=(), catch_up_every=60)
    following = Following(Jobs(database), hub, newcomers)
    questions = Questions(Datasets(database), following, submissions)
    try:
        yield Schedules(database, questions=questions, submissions=submissions, most=100, clock=clock)
    finally:
        await database.close()


async def add(gateway: Any, dataset: str, *, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    body = {"dataset_id": dataset, "question": "Which?", "cron": NEVER_DURING_TESTS, **more}
    answer = await gateway.http.post(PATH, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def listed(gateway: Any, **options: Any) -> list[dict[str, Any]]:
    return list((await gateway.http.get(PATH, **options)).json()["schedules"])


async def begun(gateway: Any) -> list[str]:
    return [each["job_id"] for each in (await gateway.http.get("/deep-research/jobs")).json()["jobs"]]


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
async def test_a_schedule_is_kept_as_it_was_asked_for(gateway: Any, researcher: Any, path: str) -> None:
    dataset = await gateway.loaded(researcher)
    body = {"dataset_id": dataset, "question": "Which?", "verbose": 1, "cron": "30 9 29 2 *", "priority": "batch"}
    answer = await gateway.http.post(path, json={**body, "time_zone": "Europe/Berlin"})
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["cron"], kept["time_zone"], kept["options"]["priority"]) == ("30 9 29 2 *", "Europe/Berlin", "batch")
    assert (kept["asked"]["question"], kept["asked"]["verbose"]) == ("Which?", 1)
    assert (kept["last_job_id"], kept["problem"]) == (None, None)
    due = datetime.fromisoformat(kept["next_at"])
    assert (due.month, due.day, due.hour, due.minute, due.utcoffset()) == (2, 29, 8, 30, timedelta(0))
    assert await listed(gateway) == [kept]
    assert (await gateway.http.get(f"{path}/{kept['schedule_id']}".replace("//", "/"))).json() == kept
    assert await begun(gateway) == []


NONSENSE: list[dict[str, Any]] = [
    *({"cron": bad} for bad in ("* * * * * *", "0 0 30 2 *", "61 * * * *", "@daily", "", None, 7, "a\0")),
    *({"time_zone": bad} for bad in ("Mars/Olympus", "", None, "+01:00", "../UTC")),
    *({"question": ""}, {"verbose": 2}, {"priority": "urgent"}, {"webhook_url": "http://127.0.0.1/x"}),
    {"run_at": "2127-01-01T00:00:00Z"},
    {"run_at": "2027-01-01T00:00:00Z"},
]


async def test_a_schedule_that_makes_no_sense_is_refused(
    gateway: Any, researcher: Any, subtests: pytest.Subtests
) -> None:
    dataset = await gateway.loaded(researcher)
    for wrong in NONSENSE:
        with subtests.test(wrong=wrong):
            body = {"dataset_id": dataset, "question": "Which?", "cron": NEVER_DURING_TESTS, **wrong}
            answer = await gateway.http.post(PATH, json=body)
            assert answer.status_code == 422, answer.text
            assert "Value error" not in answer.text
            assert await listed(gateway) == []


async def test_the_dataset_of_a_schedule_has_to_be_there_and_loaded(gateway: Any, researcher: Any) -> None:
    loading = await gateway.upload()
    for dataset, status in ((str(uuid4()), 404), (loading["dataset_id"], 409)):
        body = {"dataset_id": dataset, "question": "Which?", "cron": "* * * * *"}
        assert (await gateway.http.post(PATH, json=body)).status_code == status
    assert await listed(gateway) == []


async def test_a_repeated_request_keeps_one_schedule(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    key = {"Idempotency-Key": "mine"}
    first, again = [await add(gateway, dataset, headers=key) for _ in range(2)]
    assert again == first
    assert len(await listed(gateway)) == 1


async def test_two_gateways_begin_one_job_each_time_it_is_due(
    gateway: Any, researcher: Any, settings: Any, clock: Clock
) -> None:
    dataset = await gateway.loaded(researcher)
    made = await add(gateway, dataset, priority="batch")
    clock.now = datetime.fromisoformat(made["next_at"]) - timedelta(seconds=1)
    async with another_process(settings, clock) as one, another_process(settings, clock) as other:
        await asyncio.gather(one.run_due(), other.run_due())
        assert await begun(gateway) == []
        clock.now += timedelta(seconds=1)
        await asyncio.gather(*(each.run_due() for each in (one, other) * 4))
    (job,) = await begun(gateway)
    sent = await researcher.command("start", job)
    assert (sent["input"]["dataset"], sent["input"]["question"]) == (dataset, "Which?")
    (schedule,) = await listed(gateway)
    assert (schedule["last_job_id"], schedule["problem"]) == (job, None)
    assert datetime.fromisoformat(schedule["next_at"]) > clock.now


async def test_runs_that_were_missed_become_one(gateway: Any, researcher: Any, settings: Any, clock: Clock) -> None:
    dataset = await gateway.loaded(researcher)
    made = await add(gateway, dataset)
    clock.now = datetime.fromisoformat(made["next_at"]) + timedelta(days=20 * 365)
    async with another_process(settings, clock) as schedules:
        await schedules.run_due()
        await schedules.run_due()
    assert len(await begun(gateway)) == 1
    assert datetime.fromisoformat((await listed(gateway))[0]["next_at"]) > clock.now


async def test_a_run_missed_in_a_repeated_hour_is_made_up_for_once(
    gateway: Any, researcher: Any, settings: Any, clock: Clock
) -> None:
    """It was due at 2:30 and nothing ran; now it is 2:10 for the second time."""
    dataset = await gateway.loaded(researcher)
    made = await add(gateway, dataset, cron="30 2 * 10 0L", time_zone="Europe/Berlin")
    clock.now = datetime.fromisoformat(made["next_at"]) + timedelta(minutes=40)
    async with another_process(settings, clock) as schedules:
        async with asyncio.timeout(20):
            await schedules.run_due()
    assert len(await begun(gateway)) == 1
    assert datetime.fromisoformat((await listed(gateway))[0]["next_at"]) > clock.now


async def test_a_schedule_stops_with_its_dataset_and_says_why(
    gateway: Any, researcher: Any, settings: Any, clock: Clock
) -> None:
    gone, stays = [await gateway.loaded(researcher) for _ in range(2)]
    made = [await add(gateway, dataset) for dataset in (gone, stays)]
    await gateway.http.delete(f"/datasets/{gone}")
    clock.now = datetime.fromisoformat(made[0]["next_at"])
    async with another_process(settings, clock) as schedules:
        await schedules.run_due()
    running, stopped = await listed(gateway)
    assert (stopped["schedule_id"], stopped["next_at"]) == (made[0]["schedule_id"], None)
    assert stopped["problem"]["code"] == "not_found"
    assert stopped["problem"]["title"] == "Not found"
    assert gone in stopped["problem"]["detail"]
    assert running["problem"] is None
    assert await begun(gateway) == [running["last_job_id"]]


async def test_a_schedule_that_cannot_be_read_keeps_no_other_waiting(
    gateway: Any, researcher: Any, settings: Any, clock: Clock
) -> None:
    dataset = await gateway.loaded(researcher)
    broken, sound = [await add(gateway, dataset) for _ in range(2)]
    database = Database.open(settings, "gateway", MIGRATIONS)
    async with database.transaction() as transaction:
        await stored.keep(transaction, UUID(broken["schedule_id"]), options={"priority": "yesterday"})
    clock.now = datetime.fromisoformat(sound["next_at"])
    async with another_process(settings, clock) as schedules:
        await schedules.run_due()
    async with database.read() as connection:
        rows = {row.id: row for row in await connection.execute(select(schedule))}
    await database.close()
    assert rows[UUID(broken["schedule_id"])].next_at is None
    assert rows[UUID(broken["schedule_id"])].problem["code"] == "schedule_unreadable"
    assert await begun(gateway) == [str(rows[UUID(sound["schedule_id"])].last_job)]


async def test_a_gateway_begins_what_is_due_by_its_own_clock(
    start_gateway: Any, researcher: Any, settings: Any, clock: Clock
) -> None:
    """The schedule is from two days ago, and has been due each minute since."""
    gateway = await start_gateway(schedule_sweep=0.05)
    asked = ResearchQuestion(dataset_id=UUID(await gateway.loaded(researcher)), question="Which?")
    clock.now -= timedelta(days=2)
    async with another_process(settings, clock) as schedules:
        await schedules.add(LOCAL, asked, rhythm=Rhythm(cron="* * * * *"), options=Options())
    async with asyncio.timeout(20):
        while not (jobs := await begun(gateway)):  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    await researcher.command("start", jobs[0])


async def test_a_deleted_schedule_begins_nothing(gateway: Any, researcher: Any, settings: Any, clock: Clock) -> None:
    made = await add(gateway, await gateway.loaded(researcher))
    path = f"{PATH}/{made['schedule_id']}"
    assert [(await gateway.http.delete(path)).status_code for _ in range(2)] == [204, 404]
    clock.now = datetime.fromisoformat(made["next_at"])
    async with another_process(settings, clock) as schedules:
        await schedules.run_due()
    assert (await begun(gateway), await listed(gateway)) == ([], [])


async def test_schedules_are_listed_page_by_page_the_newest_first(gateway: Any, researcher: Any) -> None:
    dataset = await gateway.loaded(researcher)
    made = [(await add(gateway, dataset))["schedule_id"] for _ in range(3)]
    page = (await gateway.http.get(PATH, params={"limit": 2})).json()
    assert [each["schedule_id"] for each in page["schedules"]] == made[:0:-1]
    rest = (await gateway.http.get(PATH, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert ([each["schedule_id"] for each in rest["schedules"]], rest["next_cursor"]) == ([made[0]], None)
    for bad in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}):
        assert (await gateway.http.get(PATH, params=bad)).status_code == 422


async def test_another_users_schedule_does_not_exist(start_gateway: Any, researcher: Any) -> None:
    gateway = await start_gateway(auth="jwt")
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    dataset = await gateway.loaded(researcher, headers=ada)
    body = {"dataset_id": dataset, "question": "Which?", "cron": "* * * * *"}
    assert (await gateway.http.post(PATH, json=body, headers=bob)).status_code == 404
    made = await add(gateway, dataset, headers=ada)
    assert await listed(gateway, headers=bob) == []
    for headers, status in ((bob, 404), ({}, 401), (ada, 200)):
        assert (await gateway.http.get(f"{PATH}/{made['schedule_id']}", headers=headers)).status_code == status
    assert (await gateway.http.delete(f"{PATH}/{made['schedule_id']}", headers=bob)).status_code == 404
    assert (await gateway.http.delete(f"{PATH}/{made['schedule_id']}")).status_code == 401
    assert len(await listed(gateway, headers=ada)) == 1


async def test_a_user_has_so_many_schedules_and_no_more(start_gateway: Any, researcher: Any) -> None:
    gateway = await start_gateway(auth="jwt", schedules=3)
    ada, bob = await gateway.sign_in("ada"), await gateway.sign_in("bob")
    dataset, other = [await gateway.loaded(researcher, headers=each) for each in (ada, bob)]
    body = {"dataset_id": dataset, "question": "Which?", "cron": NEVER_DURING_TESTS}
    answers = await asyncio.gather(*(gateway.http.post(PATH, json=body, headers=ada) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["code"], refused["title"]) == ("too_many_schedules", "There are too many schedules")
    await add(gateway, other, headers=bob)
    first = (await listed(gateway, headers=ada))[0]["schedule_id"]
    assert (await gateway.http.delete(f"{PATH}/{first}", headers=ada)).status_code == 204
    await add(gateway, dataset, headers=ada)


async def test_more_schedules_at_once_than_there_are_connections_are_all_kept(
    gateway: Any, researcher: Any, settings: Any
) -> None:
    dataset = await gateway.loaded(researcher)
    await asyncio.gather(*(add(gateway, dataset) for _ in range(2 * settings.pool_size)))
    assert len(await listed(gateway)) == 2 * settings.pool_size


@pytest.mark.parametrize("identity", ["x", str(UUID(int=1))])
async def test_a_schedule_that_is_not_there_is_not_found(gateway: Any, identity: str) -> None:
    assert (await gateway.http.get(f"{PATH}/{identity}")).status_code in {404, 422}
