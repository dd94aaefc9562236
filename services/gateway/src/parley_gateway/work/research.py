"""Turning a question about a dataset into a job, now, later or again and again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue, StringConstraints

from parley_common.contracts.jobs import Options
from parley_common.contracts.model import Contract
from parley_common.contracts.research import Research
from parley_gateway.idempotency import Answer, IdempotencyKey
from parley_gateway.live.following import Following
from parley_gateway.security.principal import Principal
from parley_gateway.store.datasets import Datasets
from parley_gateway.work.datasets import loaded_of
from parley_gateway.work.submissions import Submissions

KIND = "research"


class ResearchQuestion(Contract):
    """A question about one dataset; `verbose` adds a longer analysis, `review_plan` asks before queries are run."""

    dataset_id: UUID
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
    verbose: Annotated[int, Field(ge=0, le=1)] = 0
    review_plan: bool = False


class Questions:
    """Submits research about datasets that are there."""

    def __init__(self, datasets: Datasets, following: Following, submissions: Submissions) -> None:
        self._datasets = datasets
        self._following = following
        self._submissions = submissions

    async def submit(
        self, user: Principal, asked: ResearchQuestion, *, options: Options, key: IdempotencyKey | None
    ) -> Answer:
        """Raises `NotFound`, or `DatasetNotReady`."""
        work = await self.work(user.user, asked)
        return await self._submissions.submit(
            user, KIND, work=work, options=options, key=key, subject=asked.dataset_id, answer=accepted
        )

    async def work(self, owner: str, asked: ResearchQuestion) -> Research:
        """What the worker needs to know; the owner's dataset is looked up here, and nowhere later."""
        row = await self._datasets.get(owner, asked.dataset_id)
        loaded = loaded_of(await self._following.snapshot(owner, row.job))
        return Research(
            dataset=asked.dataset_id,
            name=row.name,
            question=asked.question,
            verbose=bool(asked.verbose),
            review_plan=asked.review_plan,
            table=loaded.table,
            hash=loaded.profile.hash,
        )


def accepted(job: UUID) -> JsonValue:
    return {
        "success": True,
        "job_id": str(job),
        "message": "Research job submitted successfully",
        "status": "pending",
    }
