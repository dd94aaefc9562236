"""What is written of a job in one piece: its row, what belongs to it, and the messages that tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from parley_common.bus.message import Outgoing
from parley_common.contracts.jobs import Status

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A job and its journal as of one moment. Whatever is added to the journal raises the job's `last_seq`."""

    job: Columns
    steps: Sequence[Any]
    questions: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A new job, claimed in the moment it is stored."""

    job: Columns
    messages: Sequence[Outgoing]


@dataclass(frozen=True, slots=True)
class Write:
    """What is added behind `seq` to a job that is under `fence`, in status `was`. Columns not named stay as they are.

    The lease stays too, unless there is a new `status`: then it is given back, or taken by the `lease_owner` named.
    `answer` is what settles the question with its `id`.
    """

    run: UUID
    fence: int
    seq: int
    job: Columns
    messages: Sequence[Outgoing]
    step: Columns | None = None
    question: Columns | None = None
    answer: Columns | None = None
    was: Status = Status.RUNNING


class Ledger(Protocol):
    """Commits concurrent pieces in groups, each as if it were alone, with its messages in the outbox.

    All raise `DatabaseUnavailable`; a commit may then have happened or not.
    """

    async def read(self, job: UUID) -> Stored | None:
        """The job as it is now, unlocked: a `write` tells whether it still was."""

    async def claim(self, claim: Claim) -> bool:
        """True if the job was not known yet, and is claimed now."""

    async def write(self, write: Write) -> bool:
        """True if the job still was as the write says; else nothing is written."""
