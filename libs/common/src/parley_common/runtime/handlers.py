"""The messages every worker service consumes; what they mean is in `Worker`."""

from typing import Any  # annotations here are read at run time, so no postponed ones

from faststream import AckPolicy
from faststream.rabbit import RabbitRouter

from parley_common.bus.annotations import RabbitMessage
from parley_common.bus.catalog import START
from parley_common.bus.message import CLOUD_EVENTS
from parley_common.bus.topology import COMMANDS, cancel_queue, consumer, control_queue, work_queue
from parley_common.contracts.commands import AnswerQuestion, CancelJob, ResumeJob
from parley_common.contracts.jobs import Priority
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.worker import Worker

CONTROL = consumer(32)
CANCELS = consumer(32)


def worker_router(worker: Worker, settings: RuntimeSettings) -> RabbitRouter:
    """Subscribers for one worker process; a work queue's prefetch is its slots, so that its backlog stays visible."""
    router, service = RabbitRouter(), worker.service

    for priority, slots in ((Priority.INTERACTIVE, settings.slots), (Priority.BATCH, settings.batch_slots)):
        work = router.subscriber(
            work_queue(service, priority), COMMANDS, channel=consumer(slots), ack_policy=AckPolicy.MANUAL
        )

        for StartCommand in START[service]:

            @work(filter=_is(f"{service}.{StartCommand.verb}.v1"))
            async def on_start(command: StartCommand, message: RabbitMessage) -> None:  # type: ignore[valid-type]
                await worker.claim(command, message)

        @work(filter=_is(f"{service}.resume.v1"))
        async def on_resume(command: ResumeJob, message: RabbitMessage) -> None:
            await worker.claim(command, message)

    control = router.subscriber(control_queue(service), COMMANDS, channel=CONTROL, ack_policy=AckPolicy.REJECT_ON_ERROR)

    @control(filter=_is(f"{service}.answer.v1"))
    async def on_answer(command: AnswerQuestion) -> None:
        await worker.answer(command)

    @control(filter=_is(f"{service}.cancel.v1"))
    async def on_cancel(command: CancelJob) -> None:
        await worker.cancel(command)

    @router.subscriber(
        cancel_queue(service, worker.id), COMMANDS, channel=CANCELS, ack_policy=AckPolicy.REJECT_ON_ERROR
    )
    async def on_cancel_broadcast(command: CancelJob) -> None:
        await worker.cancel(command)

    return router


def _is(kind: str) -> Any:
    async def matches(message: RabbitMessage) -> bool:
        return message.headers.get(f"{CLOUD_EVENTS}type") == kind

    return matches
