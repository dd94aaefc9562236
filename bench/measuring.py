"""Samples, medians over rounds, and a figure against its target."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

MILLI = 1000.0


@dataclass(frozen=True)
class Latency:
    """Percentiles of one kind of wait, in milliseconds: each the median of the rounds' own."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} ms, p99 {self.p99:.2f} ms"


@dataclass(frozen=True)
class Check:
    """One number and the bound it must keep."""

    what: str
    value: float
    bound: float
    sense: Literal["at most", "at least"] = "at most"
    unit: str = "×"

    @property
    def met(self) -> bool:
        return self.value <= self.bound if self.sense == "at most" else self.value >= self.bound


@dataclass(frozen=True)
class Figure:
    """What one benchmark found: what was measured, line by line, and what it is held against."""

    title: str
    measured: Sequence[str]
    checks: Sequence[Check]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def met(self) -> bool:
        return all(check.met for check in self.checks)


def percentile(samples: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency(rounds: Sequence[Sequence[float]]) -> Latency:
    """From samples in seconds, a sequence per round."""
    middle = statistics.median(percentile(samples, 0.5) for samples in rounds)
    slowest = statistics.median(percentile(samples, 0.99) for samples in rounds)
    return Latency(middle * MILLI, slowest * MILLI)


async def sampled(take: Callable[[], Awaitable[float]], *, warm_up: int, count: int) -> list[float]:
    """`count` samples, one at a time, after `warm_up` that do not count."""
    return [await take() for _ in range(warm_up + count)][warm_up:]
