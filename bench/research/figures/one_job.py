"""One job about the largest table: from its command to its last event."""

from __future__ import annotations

from statistics import median, quantiles

from bench.measuring import Check, Figure
from bench.research.service import running
from bench.size import Size

QUESTIONS = (
    "What is the average departure delay by carrier?",
    "Which origin has the highest mean arrival delay?",
    "How many flights were there in July?",
    "What is the correlation between distance and air time?",
    "How did the average departure delay change over time?",
)


async def measure(size: Size) -> Figure:
    async with running() as service:
        flights = await service.table("flights")
        await service.seconds(flights, "How many flights are there?")
        took = [await service.seconds(flights, question) for _ in range(size.rounds) for question in QUESTIONS]
    return Figure(
        "One job about flights (336,776 rows), command → result, one at a time",
        [f"p50 {median(took):.2f} s, p95 {quantiles(took, n=20)[-1]:.2f} s of {len(took)} jobs"],
        [Check("p50", median(took), 1.5, unit="s")],
        [f"{len(QUESTIONS)} questions in turn, none of them cached; without a model."],
    )
