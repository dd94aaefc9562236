"""One run: a stack under load, broken on schedule, then audited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.audit import audit
from harness.evidence import Evidence, gather
from harness.injuries import Injuries
from harness.load import Load
from harness.model import rules
from harness.report import report
from harness.schedule import Fault
from parley_common.testing.model_server.scripted import ScriptedModel
from parley_common.testing.model_server.serving import serving
from parley_standalone.stack import Stack

ENVIRONMENT = {
    "PARLEY_HEARTBEAT": "0.5",
    "PARLEY_SWEEP": "0.3",
    "PARLEY_OUTBOX_SWEEP": "0.5",
    "PARLEY_OUTBOX_HAND_OVER": "2",
    "PARLEY_CATCH_UP": "1",
    "PARLEY_STOP_GRACE": "5",
    "PARLEY_RESEND_AFTER": "10",
    "PARLEY_RESEND_SWEEP": "1",
    "PARLEY_HINT_AFTER": "10",
    "PARLEY_SLOTS": "4",
    # A job may be hit by any number of faults here; that is not its own doing.
    "PARLEY_CRASH_LIMIT": "1000",
}


@dataclass(frozen=True)
class Site:
    """A running stack with leases of so many seconds, and the model that it uses."""

    stack: Stack
    model: ScriptedModel
    lease: float


@asynccontextmanager
async def site(*, lease: float = 6.0, thinking: float = 0.2) -> AsyncIterator[Site]:
    """Two gateways and two enhancers, and a model that takes its time; everything ends with the block."""
    with serving() as address:
        async with ScriptedModel(address) as model:
            await model.script(*rules(thinking=thinking))
            env = ENVIRONMENT | {"OPENAI_BASE_URL": f"{address}/v1", "PARLEY_LEASE": f"{lease:g}"}
            async with Stack(gateways=2, workers={"enhancer": 2}, env=env) as stack:
                yield Site(stack, model, lease)


@dataclass(frozen=True)
class Outcome:
    """`findings` says what is wrong, `summary` everything."""

    evidence: Evidence
    findings: list[str]
    summary: str


async def run(site: Site, faults: Sequence[Fault], *, seed: int, limit: float, say: Callable[[str], None]) -> Outcome:
    """Break the stack, wait until all clients are served, and look for harm; `seed` decides what the clients do.

    After `limit` seconds nothing more is broken.
    """
    began = time.monotonic()
    injuries = Injuries(site.stack, lease=site.lease)
    async with Load(seed, [gateway.url for gateway in site.stack.gateways]) as load:
        for fault in faults:
            if time.monotonic() - began > limit:
                break
            await asyncio.sleep(fault.pause)
            injury = await injuries.inflict(fault)
            since = time.monotonic() - began
            say(f"{fault.number:>4} {since:6.1f} s  {fault.action} {injury.process}, {len(load.stories)} jobs so far")
    evidence = await gather(site.stack, site.model, lease=site.lease, injuries=injuries.done, stories=load.stories)
    findings = audit(evidence)
    summary = report(evidence, findings, seed=seed, planned=len(faults), seconds=time.monotonic() - began)
    return Outcome(evidence, findings, summary)
