"""What is written of a job in one piece: its row, what belongs to it, and the messages that tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from parley_common.bus.message import Outgoing

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A new job, claimed in the moment it is stored."""

    job: Columns
    messages: Sequence[Outgoing]


@dataclass(frozen=True, slots=True)
class Write:
    """What the run that holds `fence` adds behind `seq`. Columns of the job that are not named stay as they are.

    The lease stays too, unless there is a new `status`: then it is given back.
    """

    run: UUID
    fence: int
    seq: int
    job: Columns
    messages: Sequence[Outgoing]
    step: Columns | None = None
    question: Columns | None = None


class Ledger(Protocol):
    """Commits concurrent pieces in groups, each as if it were alone, with its messages in the outbox.

    Both raise `DatabaseUnavailable`; the commit may then have happened or not.
    """

    async def claim(self, claim: Claim) -> bool:
        """True if the job was not known yet, and is claimed now."""

    async def write(self, write: Write) -> bool:
        """True if the job was still this run's, and its log at `seq`; else nothing is written."""
