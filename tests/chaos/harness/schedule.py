"""What is broken, how and when; all of it follows from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """The kinds of processes there are."""

    GATEWAY = "gateway"
    WORKER = "worker"
    RABBITMQ = "rabbitmq"
    POSTGRES = "postgres"
    REDIS = "redis"


class Action(StrEnum):
    """What is done to one: SIGKILL, SIGTERM, or SIGSTOP and SIGCONT; after the first two it is started again."""

    STOP = "stop"
    FREEZE = "freeze"
    KILL = "kill"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: `target` picks the process of its kind, `pause` and `away` are in seconds."""

    number: int
    kind: Kind
    action: Action
    target: int
    pause: float
    away: float

    def __str__(self) -> str:
        return f"{self.action} {self.kind}"


def seeded(*origin: object) -> random.Random:
    """Chance that is the same for the same origin."""
    return random.Random("/".join(map(str, origin)))  # noqa: S311 - repeatable on purpose


def schedule(seed: int, faults: int) -> list[Fault]:
    """Every kind in each round of five faults, and every action on every kind in three rounds."""
    chance = seeded(seed, "schedule")
    return [
        Fault(number, kind, action, chance.randrange(2), pause=chance.uniform(0.3, 2.0), away=chance.uniform(0.0, 1.0))
        for number, (kind, action) in enumerate(islice(_pairs(chance), faults), start=1)
    ]


def _pairs(chance: random.Random) -> Iterator[tuple[Kind, Action]]:
    actions = {kind: _first_actions(kind, chance) for kind in Kind}
    while True:
        for turn in range(len(Action)):
            for kind in _shuffled(list(Kind), chance):
                yield kind, actions[kind][turn]
        actions = {kind: _shuffled(list(Action), chance) for kind in Kind}


def _first_actions(kind: Kind, chance: random.Random) -> list[Action]:
    """A broker that dies within seconds of creating its queues may lose them, which is not what is examined here."""
    return list(Action) if kind is Kind.RABBITMQ else _shuffled(list(Action), chance)


def _shuffled(items: Sequence[T], chance: random.Random) -> list[T]:
    return chance.sample(items, len(items))
