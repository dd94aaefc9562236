"""Every kind of process is killed, stopped and frozen under load, and nobody is the worse for it.

`FAULTS` and `SEED` say how often and in which order: `make chaos FAULTS=200 SEED=7`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faststream.rabbit import RabbitBroker
from harness.audit import handed_over
from harness.evidence import dead_letters
from harness.run import Site, run, site
from harness.schedule import Action, Fault, Kind, schedule

FAULTS = int(os.environ.get("FAULTS", "8"))
SEED = int(os.environ.get("SEED", "6"))
SECONDS_PER_FAULT = 12
POISON = b'{"job": "not a job"}'

Say = Callable[[str], None]
pytestmark = pytest.mark.connected


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Tells whoever watches, while it happens."""

    def say(line: str) -> None:
        with capfd.disabled():
            os.write(1, f"{line}\n".encode())

    return say


@pytest.mark.timeout(400 + FAULTS * SECONDS_PER_FAULT)
async def test_no_job_answer_or_event_is_lost_and_no_call_paid_twice(say: Say, tmp_path: Path) -> None:
    async with site() as running:
        with keeping_logs(running, tmp_path):
            faults = schedule(SEED, FAULTS)
            outcome = await run(running, faults, seed=SEED, limit=FAULTS * SECONDS_PER_FAULT, say=say)
            say(outcome.summary)
            assert outcome.findings == [], outcome.summary
        async with RabbitBroker(running.stack.rabbit.url) as broker:
            await broker.publish(POISON, exchange="parley.commands", routing_key="enhancer.start.v1")
        async with asyncio.timeout(10):
            while not (letters := await dead_letters(running.stack)):  # noqa: ASYNC110 - the broker can only be asked
                await asyncio.sleep(0.1)
        assert [letter["body"] for letter in letters] == [POISON.decode()]


@pytest.mark.timeout(180)
async def test_jobs_of_a_stopping_worker_wait_for_no_lease(say: Say, tmp_path: Path) -> None:
    async with site(lease=60, thinking=2.0) as running:
        with keeping_logs(running, tmp_path):
            faults = [Fault(number, Kind.WORKER, Action.STOP, target=number, pause=2, away=0) for number in (1, 2)]
            outcome = await run(running, faults, seed=SEED, limit=60, say=say)
            say(outcome.summary)
            assert outcome.findings == [], outcome.summary
        assert any(injury.held for injury in outcome.evidence.injuries)
        assert max((waited for _, waited in handed_over(outcome.evidence)), default=0) < running.lease / 3


@contextmanager
def keeping_logs(running: Site, folder: Path) -> Iterator[None]:
    """What the processes logged is the only thing that is left to look at when a run fails."""
    try:
        yield
    except BaseException:
        shutil.copytree(running.stack.folder, folder / "logs", ignore=_all_but_logs)
        raise


def _all_but_logs(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".log") and name not in {"gateway", "enhancer", "rabbitmq"}]
