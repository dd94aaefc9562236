"""Following one job to its end: events shown, questions answered, Ctrl-C obeyed, connections resumed."""

from __future__ import annotations

import asyncio
import signal
from contextlib import aclosing
from uuid import UUID

from parley_common.contracts.events import FINAL_TYPES
from parley_standalone.cli.asking import Answerer, Question, Reply
from parley_standalone.cli.problems import explain
from parley_standalone.cli.view import View
from parley_standalone.client import Client, Frame, Refused, Unreachable, reconnect_delays

INTERRUPTED = 130
EXIT_CODES = {"job.completed": 0, "job.failed": 1, "job.cancelled": INTERRUPTED}
SETTLED = FINAL_TYPES | {"question.answered", "question.expired"}
REPLAY_PAUSE = 0.15


async def follow(client: Client, job: UUID, *, view: View, answerer: Answerer) -> int:
    """Show a job's events until the final one; the exit code that tells how it ended."""
    asking: asyncio.Task[None] | None = None
    ended = before = ""
    try:
        async with aclosing(client.follow(job)) as frames:
            async for frame in frames:
                ended, before = frame["type"], ended
                if asking and ended in SETTLED:
                    await _stop(asking)
                    asking = None
                if ended != before or "data" in frame:
                    view.show(frame)
                if ended == "question.asked":
                    asking = asyncio.create_task(_ask(client, job, frame["data"], view, answerer))
    finally:
        if asking:
            await _stop(asking)
    return EXIT_CODES[ended]


async def follow_until_interrupted(client: Client, job: UUID, *, view: View, answerer: Answerer, cancels: bool) -> int:
    """As `follow`; Ctrl-C cancels the job if `cancels`, and a second one (or else the first) only stops looking."""
    loop = asyncio.get_running_loop()
    following = asyncio.create_task(follow(client, job, view=view, answerer=answerer))
    cancelling: list[asyncio.Task[None]] = []

    def interrupted() -> None:
        if cancels and not cancelling:
            cancelling.append(asyncio.create_task(_cancel(client, job, view)))
        else:
            following.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        return await following
    except asyncio.CancelledError:
        with view.aside() as console:
            console.print(f"The job goes on without you: parley jobs watch {job}")
        return INTERRUPTED
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        for task in cancelling:
            await _stop(task)


async def _cancel(client: Client, job: UUID, view: View) -> None:
    view.show(Frame(type="cancelling"))
    try:
        await client.cancel(job)
    except (Refused, Unreachable) as error:
        with view.aside() as console:
            explain(error, console)


async def _ask(client: Client, job: UUID, question: Question, view: View, answerer: Answerer) -> None:
    await asyncio.sleep(REPLAY_PAUSE)  # while events are replayed, an old question is followed at once by its answer
    with view.aside() as console:
        while (reply := await answerer.reply(question, console)) is not None:
            try:
                return await _send(client, job, UUID(question["question_id"]), reply)
            except Refused as refusal:
                explain(refusal, console)
                if refusal.status != 422:
                    return None
    return None


async def _send(client: Client, job: UUID, question: UUID, reply: Reply) -> None:
    for delay in reconnect_delays():
        try:
            return await client.answer(job, question, value=reply.value, declined=reply.declined)
        except Unreachable:
            await asyncio.sleep(delay)
    raise Unreachable(client.url)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()):
        raise error
