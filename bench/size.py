"""How much of everything a run takes: enough to trust it, or just enough to see that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`rounds` are repeated in turn with what they are compared with, so that both see the same machine."""

    rounds: int = 5
    samples: int = 200
    polls: int = 20
    jobs: int = 3_000
    everything: int = 1_500
    waiting: int = 100_000
    sockets: int = 2_000
    frames_per_second: int = 5_000
    seconds: float = 20.0
    deltas: int = 20_000
    crowd: int = 50
    many: int = 200
    pages: int = 500
    uploads: int = 100


QUICK = Size(
    rounds=1,
    samples=30,
    polls=4,
    jobs=300,
    everything=200,
    waiting=2_000,
    sockets=200,
    frames_per_second=1_000,
    seconds=3.0,
    deltas=2_000,
    crowd=10,
    many=20,
    pages=20,
    uploads=10,
)
