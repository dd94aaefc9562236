"""Jobs that are accepted together share a commit and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from parley_common.contracts.enhance import Enhance
from parley_common.contracts.jobs import Options
from parley_common.storage.database import Database
from parley_gateway.app import MIGRATIONS
from parley_gateway.live.newcomers import Newcomers
from parley_gateway.live.recent import Recent
from parley_gateway.security.principal import Principal
from parley_gateway.settings import GatewaySettings
from parley_gateway.store.jobs import Jobs
from parley_gateway.work.submissions import Submissions

ADA = Principal("ada", operator=False)
REFUSAL = """
    CREATE TRIGGER refuse BEFORE INSERT ON job WHEN NEW.input LIKE '%poison%'
    BEGIN SELECT RAISE(ABORT, 'refused'); END
"""


@pytest.fixture
async def database(tmp_path: Any) -> Any:
    database = Database.open(GatewaySettings(data=tmp_path, database_url=None), "gateway", MIGRATIONS)
    await database.upgrade()
    yield database
    await database.close()


async def test_a_job_that_the_database_refuses_takes_no_other_with_it(database: Database) -> None:
    sent: list[Any] = []
    database.on_commit = sent.extend
    async with database.transaction() as transaction:
        await transaction.execute(text(REFUSAL))
    submissions = Submissions(database, Recent(), Newcomers(), resend_after=60, check=lambda _: None)

    async def submit(prompt: str) -> UUID:
        answer = await submissions.submit(
            ADA, "enhance", work=Enhance(lazy_prompt=prompt), options=Options(), key=None, answer=str
        )
        return UUID(str(answer.body))

    first, *others = await asyncio.gather(*map(submit, ["a", "b", "poison", "c"]), return_exceptions=True)
    assert isinstance(first, UUID)
    assert [type(each) for each in others][::2] == [UUID, UUID]
    assert isinstance(others[1], SQLAlchemyError)
    kept = {snapshot.id for snapshot in await Jobs(database).page("ada", limit=10)}
    assert kept == {first, others[0], others[2]}
    assert len(sent) == 2 * len(kept)
