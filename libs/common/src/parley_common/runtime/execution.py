"""One run of one job, from its claim to whatever ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from opentelemetry import propagate, trace
from pydantic import BaseModel

from parley_common.contracts import events as e
from parley_common.contracts.jobs import Mode, Problem
from parley_common.errors import ParleyError
from parley_common.runtime.ephemeral import Ephemeral
from parley_common.runtime.job import Job
from parley_common.runtime.journal import Journal
from parley_common.runtime.run import Run
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.signals import HandedOver, LeaseLost, Signal, Suspended
from parley_common.runtime.steps import problem_of
from parley_common.titles import title_of

Workflow = Callable[[Job, Any], Awaitable[BaseModel]]
INTERNAL = Problem(code="internal", title=title_of("internal"), detail="The job failed because of an error in Parley.")

log = structlog.get_logger()
tracer = trace.get_tracer("parley.runtime")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of job: its workflow, and the model its input has."""

    workflow: Workflow
    input: type[BaseModel]


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs claimed jobs. `mode` and `model` say who does the thinking."""

    journal: Journal
    ephemeral: Ephemeral
    settings: RuntimeSettings
    draining: Callable[[], bool]
    mode: Mode
    model: str | None

    async def execute(self, run: Run, kind: Kind) -> None:
        """Run the workflow and write how it ended; writes nothing once the job is no longer this run's."""
        parent = propagate.extract(run.trace)
        with tracer.start_as_current_span(f"job {run.kind}", parent, attributes={"parley.job": str(run.id)}):
            try:
                await self._to_an_end(run, kind)
            except LeaseLost:
                log.info("job taken over by another worker", job=str(run.id))

    async def _to_an_end(self, run: Run, kind: Kind) -> None:
        job = Job(run, journal=self.journal, ephemeral=self.ephemeral, settings=self.settings, draining=self.draining)
        try:
            outcome = await self._outcome(job, run, kind)
            await job.close()
            if isinstance(outcome, Problem):
                await self.journal.fail(run, outcome)
            else:
                await self.journal.complete(run, outcome)
        except (Suspended, LeaseLost):
            await job.close()
        except HandedOver:
            await job.close()
            await self.journal.release(run)
        except asyncio.CancelledError:
            await job.close()
            await self._stopped(run)

    async def _stopped(self, run: Run) -> None:
        if run.cancelled:
            await self.journal.cancel(run)
        elif not run.lost:
            await self.journal.release(run)

    async def _outcome(self, job: Job, run: Run, kind: Kind) -> e.Completed | Problem:
        """What the workflow came to. A bug in it fails its job, and nothing else."""
        limit = min(self.settings.hard_limit, run.budget.seconds or self.settings.hard_limit)
        deadline = asyncio.timeout(max(0.0, limit - run.ran_before))
        try:
            async with deadline:
                result = await _ungrouped(kind.workflow(job, kind.input.model_validate(run.input)))
        except ParleyError as error:
            return problem_of(error)
        except Exception as error:
            if isinstance(error, TimeoutError) and deadline.expired():
                detail = f"The job ran for {limit:g} seconds."
                return Problem(code="time_limit", title=title_of("time_limit"), detail=detail)
            log.exception("job failed", job=str(run.id), kind=run.kind)
            return INTERNAL
        return e.Completed(result=result.model_dump(mode="json"), usage=run.usage, mode=self.mode, model=self.model)


async def _ungrouped(workflow: Awaitable[BaseModel]) -> BaseModel:
    """A task group wraps what its tasks raise: a signal counts before an expected error, that before a bug."""
    try:
        return await workflow
    except BaseExceptionGroup as group:
        for sort in (Signal, ParleyError):
            if found := group.subgroup(sort):
                raise _leaf(found) from group
        raise


def _leaf(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _leaf(first) if isinstance(first, BaseExceptionGroup) else first
