"""What a workflow sees of its job: steps, questions, progress, streamed text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeVar
from uuid import UUID, uuid5

from pydantic import JsonValue
from typing_extensions import TypeVarTuple, Unpack

from parley_common.contracts import events as e
from parley_common.contracts.jobs import JsonObject, Usage
from parley_common.contracts.model import Contract
from parley_common.errors import PermanentError
from parley_common.runtime.attempt import Effect, perform, said
from parley_common.runtime.ephemeral import Ephemeral
from parley_common.runtime.journal import Journal
from parley_common.runtime.run import QuestionRow, Run, StepRow
from parley_common.runtime.settings import RuntimeSettings
from parley_common.runtime.signals import HandedOver, Suspended
from parley_common.runtime.steps import ONCE, NonDeterminismError, Retry, codec, fingerprint, replayed_error
from parley_common.runtime.stream import TextStream

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
REQUIRED: Final = object()
ANY_TEXT: Final[JsonObject] = {"type": "string", "minLength": 1, "maxLength": 4000}


class SoftTimeLimit(PermanentError):
    """The job has run for almost as long as it may: raised once, by the next step, so that it can wrap up."""

    code = "time_limit"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. `value` is the answer, the default, or `None` when it was declined."""

    question_id: UUID
    outcome: Literal["answered", "declined", "defaulted"]
    value: JsonValue = None


class Job:
    """One run of a durable function. Everything with an effect goes through `step`; between steps all is pure."""

    def __init__(
        self,
        run: Run,
        *,
        journal: Journal,
        ephemeral: Ephemeral,
        settings: RuntimeSettings,
        draining: Callable[[], bool],
    ) -> None:
        self.id = run.id
        self.owner = run.owner
        self._run = run
        self._journal = journal
        self._ephemeral = ephemeral
        self._settings = settings
        self._draining = draining
        self._in_step: dict[str, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._suspending = False
        self._warned = False

    @property
    def usage(self) -> Usage:
        """What the job's model calls have cost so far."""
        return self._run.usage

    async def step(
        self,
        name: str,
        fn: Callable[[Unpack[Ts]], Awaitable[T]],
        *args: *Ts,
        key: str | None = None,
        retry: Retry | None = None,
        effect: Literal["repeatable", "once"] = "repeatable",
        timeout: float | None = None,
        events: Callable[[T], Iterable[Contract]] | None = None,
    ) -> T:
        """Run `fn(*args)` once and journal its result; after a crash the journaled result is returned instead.

        `fn` needs a return annotation (the result is stored through pydantic), `args` must be JSON-able. `key` tells
        several steps of one name apart. `events` are derived from the result and published with it. A
        `RetryableError` is tried again as `retry` says; a final `ParleyError` is journaled too and raised again on
        replay. `effect="once"` never repeats silently: if a crash left it half-run, the job's owner is asked.
        `timeout` is in seconds, for each attempt. Raises `NonDeterminismError` if the journal holds another step, or
        other arguments, under this key.
        """
        key, mark, adapter = key or name, fingerprint(name, args), codec(fn)
        row = self._run.steps.get(key)
        if row and (row.name, row.fingerprint) != (name, mark):
            raise NonDeterminismError(f"step {key!r} is journaled as {row.name!r} with other arguments")
        half_run = row is not None and row.status == "started"
        if half_run and await self._half_run(key, name) == "skip":
            return adapter.validate_python(None)  # type: ignore[no-any-return]
        if row is None or half_run:
            policy = retry or (ONCE if effect == "once" else Retry.default(self._settings))
            todo = Effect(lambda: fn(*args), adapter, policy, timeout, events)
            row = await self._perform(todo, StepRow(key, name, mark, "started"), once=effect == "once")
        if row.status == "failed":
            raise replayed_error(row)
        return adapter.validate_json(row.output or "null")  # type: ignore[no-any-return]

    async def ask(
        self,
        key: str,
        prompt: str,
        *,
        schema: JsonObject | None = None,
        options: list[str] | None = None,
        default: JsonValue | object = REQUIRED,
        timeout: float | None = None,
    ) -> Answer:
        """Ask the job's owner and wait, for free, for the answer. Declining is an answer.

        `schema` (JSON Schema, any text by default) is what an answer must match; `options` are suggestions. After
        `timeout` seconds the `default` is the answer; without one the job fails.
        """
        row = self._run.questions.get(key)
        if row and row.prompt != prompt:
            raise NonDeterminismError(f"question {key!r} is journaled with another prompt")
        if row and row.outcome:
            return Answer(row.id, row.outcome, row.value)
        await self._others_out_of_steps()
        seconds = self._settings.question_timeout if timeout is None else timeout
        asked = e.Asked.model_validate(
            {
                "question_id": uuid5(self.id, key),
                "prompt": prompt,
                "schema": schema or ANY_TEXT,
                "options": options,
                "default": None if default is REQUIRED else default,
                "required": default is REQUIRED,
                "expires_at": datetime.now(UTC) + timedelta(seconds=seconds),
            }
        )
        await self._journal.suspend(self._run, asked, key)
        self._run.questions[key] = QuestionRow(asked.question_id, key, prompt)
        raise Suspended

    async def progress(self, fraction: float, stage: str) -> None:
        """Say how far the job is (0 to 1). A replay says nothing twice: only what goes further is published."""
        if fraction > self._run.progress:
            self._run.progress = fraction
            await self._journal.record(self._run, e.Progress(fraction=fraction, stage=stage), progress=fraction)

    def keep(self, partial: JsonValue) -> None:
        """What the user gets if the job is cancelled or fails from here on; saved with the next step."""
        self._run.partial = partial

    def stream(self, message_id: str | None = None) -> TextStream:
        """Text for the user while a step is producing it; each attempt is a new message. Only inside a step."""
        message = message_id or f"{self.id}:{self._run.attempt}:{self._run.seq}"
        return TextStream(self._run, self._ephemeral, message_id=message, snapshot_every=self._settings.snapshot_every)

    async def close(self) -> None:
        """End what the workflow left running: a task that outlives its job could only fail."""
        stray = self._tasks - {asyncio.current_task()}
        for task in stray:
            task.cancel()
        await asyncio.gather(*stray, return_exceptions=True)

    async def _perform(self, todo: Effect[T], row: StepRow, *, once: bool) -> StepRow:
        async with self._inside(row.key):
            if once and row.key not in self._run.steps:
                await self._journal.record(self._run, said(row, "started"), step=row)
                return await perform(todo, row, run=self._run, journal=self._journal, ready=self._may_go_on)
            announced = self._ephemeral.soon(self._run, said(row, "started"))
            try:
                return await perform(todo, row, run=self._run, journal=self._journal, ready=self._may_go_on)
            finally:
                announced.cancel()

    @asynccontextmanager
    async def _inside(self, key: str) -> AsyncIterator[None]:
        """Marks a step as running, after making sure that one may begin."""
        self._enter()
        if self._suspending:
            await asyncio.Event().wait()  # a sibling is suspending the job: this task ends with it
        if key in self._in_step:
            raise NonDeterminismError(f"step {key!r} is running already; give it a key of its own")
        await self._may_go_on()
        self._in_step[key] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._in_step.pop(key).set_result(None)

    async def _others_out_of_steps(self) -> None:
        """Let steps that run side by side end and be journaled: nothing that was paid for is thrown away."""
        self._enter()
        if self._suspending:
            await asyncio.Event().wait()
        self._suspending = True
        if self._in_step:
            await asyncio.wait(self._in_step.values())

    def _enter(self) -> None:
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _may_go_on(self) -> None:
        if self._draining():
            raise HandedOver
        await self._journal.confirm(self._run)
        if self._run.ran_seconds > self._settings.soft_limit and not self._warned:
            self._warned = True
            raise SoftTimeLimit("the job has run for almost as long as it may")

    async def _half_run(self, key: str, name: str) -> str:
        """Ask what to do about a once-effect that a crash may have left half-run."""
        answer = await self.ask(
            f"{key}:half-run",
            f"The step “{name}” may already have run when its worker died. Run it again, skip it, or abort the job?",
            schema={"enum": ["rerun", "skip", "abort"]},
            options=["rerun", "skip", "abort"],
            default="abort",
        )
        if answer.value not in ("rerun", "skip"):
            raise PermanentError(f"the step {name!r} may have run before a crash; not repeated", code="half_run")
        return str(answer.value)
