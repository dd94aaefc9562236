"""What becomes of a message that its handler could not use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from faststream.middlewares import AckPolicy

from parley_common.bus import dead, topology
from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.broker import Bus
from parley_common.bus.message import command
from parley_common.contracts.commands import ResumeJob
from parley_common.contracts.jobs import Priority
from parley_common.errors import PermanentError, RetryableError

QUEUE = "enhancer.interactive"
KEY = "enhancer.resume.v1"
POLICIES = [AckPolicy.MANUAL, AckPolicy.REJECT_ON_ERROR, AckPolicy.ACK]


class Service:
    """A worker whose handler does what the test says, and notes what it was called with."""

    def __init__(self, bus: Bus, reader: Any) -> None:
        self.bus = bus
        self.handled = reader
        self.errors: list[Exception] = []

    async def start(self, policy: AckPolicy = AckPolicy.MANUAL, *, prefetch: int = 1) -> None:
        @self.bus.broker.subscriber(
            topology.work_queue("enhancer", Priority.INTERACTIVE),
            topology.COMMANDS,
            channel=topology.consumer(prefetch),
            ack_policy=policy,
        )
        async def on_resume(command: ResumeJob, message: RabbitMessage) -> None:
            await self.handled(message.raw_message)
            if self.errors:
                raise self.errors.pop(0)
            await message.ack()

        await self.bus.start()

    async def receive(self, body: bytes, **options: Any) -> None:
        options = {"content_type": "application/json"} | options
        await self.bus.broker.publish(
            body, exchange=topology.COMMANDS, routing_key=KEY, persist=True, mandatory=True, **options
        )

    async def dead_letters(self, count: int) -> list[dead.DeadLetter]:
        letters: list[dead.DeadLetter] = []
        async with asyncio.timeout(20):
            while len(letters) < count:
                letters = await dead.browse(self.bus.broker, queue=QUEUE)
        return letters


def good() -> bytes:
    return command("enhancer", "resume", ResumeJob(job=uuid4(), kind="enhance", owner="ann")).body


@pytest.fixture
def service(make_bus: Callable[[], Bus], make_reader: Any) -> Service:
    return Service(make_bus(), make_reader())


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"not json at all", "application/json"),
        (b"\xff\xfe\x00binary", "application/json"),
        (b"\xff\xfe\x00binary", "text/plain"),
        (b"\xff\xfe\x00binary", "application/octet-stream"),
        (b"no content type", None),
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'{"job": "no uuid", "kind": "enhance", "owner": "ann"}', "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
    ids=["prose", "binary", "binary text", "bytes", "untyped", "empty", "no fields", "list", "bad field", "deep"],
)
async def test_poison_message_is_dead_lettered_with_its_reason_and_stops_nobody(
    service: Service, policy: AckPolicy, body: bytes, content_type: str | None
) -> None:
    await service.start(policy)
    await service.receive(body, content_type=content_type, headers={"mine": "kept"}, message_id="m1")
    await service.receive(expected := good())
    assert (await service.handled.wait(1))[0].body == expected
    letter = (await service.dead_letters(1))[0]
    assert (letter.queue, letter.key, letter.size, letter.deaths) == (QUEUE, KEY, len(body), 1)
    assert letter.reason
    assert letter.time
    assert letter.headers["mine"] == "kept"
    assert letter.headers["parley-exchange"] == "parley.commands"


@pytest.mark.parametrize("policy", POLICIES)
async def test_message_that_meets_a_bug_is_dead_lettered_once(service: Service, policy: AckPolicy) -> None:
    service.errors = [ZeroDivisionError("a bug")]
    await service.start(policy)
    await service.receive(good())
    await service.receive(last := good())
    assert (await service.handled.wait(2))[1].body == last
    letters = await service.dead_letters(1)
    assert [letter.reason for letter in letters] == ["ZeroDivisionError: a bug"]
    assert len(service.handled.messages) == 2


async def test_permanent_error_gives_its_code_as_the_reason(service: Service) -> None:
    service.errors = [PermanentError("cannot be done", code="impossible")]
    await service.start()
    await service.receive(good())
    assert (await service.dead_letters(1))[0].reason == "impossible: cannot be done"


async def test_retryable_error_is_tried_again_until_it_passes(service: Service) -> None:
    service.errors = [RetryableError("the database is away", retry_after=0) for _ in range(3)]
    await service.start()
    await service.receive(body := good(), headers={"mine": "kept"})
    await service.handled.wait(4)
    assert service.handled.bodies == [body] * 4
    last = service.handled.messages[-1]
    assert (last.headers["mine"], last.headers["parley-retries"]) == ("kept", 3)
    assert await dead.browse(service.bus.broker) == []


async def test_message_that_waits_for_a_retry_lets_later_ones_pass(service: Service) -> None:
    service.errors = [RetryableError("not now", retry_after=0)]
    await service.start()
    await service.receive(first := good())
    await service.receive(second := good())
    await service.handled.wait(3)
    assert service.handled.bodies == [first, second, first]


async def test_dead_letter_of_a_retried_message_still_knows_its_key(service: Service) -> None:
    service.errors = [RetryableError("not now", retry_after=0), ValueError("never")]
    await service.start()
    await service.receive(good())
    letter = (await service.dead_letters(1))[0]
    assert (letter.key, letter.headers["parley-exchange"]) == (KEY, "parley.commands")


async def test_failing_copy_of_one_instance_is_dropped(make_bus: Callable[[], Bus], make_reader: Any) -> None:
    bus, handled = make_bus(), make_reader()

    @bus.broker.subscriber(topology.live_queue("one"), topology.EVENTS, channel=topology.consumer(1))
    async def on_event(message: RabbitMessage) -> None:
        await handled(message.raw_message)
        raise ValueError("a bug")

    await bus.start()
    for body in (b"1", b"2"):
        await bus.broker.publish(body, exchange=topology.EVENTS, routing_key="a.b", mandatory=True)
    await handled.wait(2)
    assert handled.bodies == [b"1", b"2"]
    assert await dead.browse(bus.broker) == []


async def test_headers_that_lie_about_failures_do_no_harm(service: Service) -> None:
    service.errors = [RetryableError("not now"), ValueError("never")]
    await service.start()
    await service.receive(good(), headers={"parley-retries": "many", "parley-deaths": "some", "parley-time": "noon"})
    assert (await service.dead_letters(1))[0].deaths == 1
