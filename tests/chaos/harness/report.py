"""A run in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.audit import expiries, handed_over, logged, repeats
from harness.evidence import Evidence
from harness.injuries import Injury
from harness.schedule import Action, Kind


def report(evidence: Evidence, findings: Sequence[str], *, seed: int, planned: int, seconds: float) -> str:
    """The seed, the faults of each kind, what happened meanwhile, and what was wrong."""
    wrong = [f"  WRONG {finding}" for finding in findings] or ["  nothing is wrong"]
    head = f"chaos: seed {seed}, {len(evidence.injuries)} of {planned} faults, all over in {seconds:.0f} s"
    return "\n".join([head, *_faults(evidence.injuries), *_figures(evidence), *wrong])


def _faults(injuries: Sequence[Injury]) -> Iterator[str]:
    counts = Counter((each.fault.kind, each.fault.action) for each in injuries)
    for kind in Kind:
        each = ", ".join(f"{action} {counts[kind, action]}" for action in Action)
        longest = max((each.over - each.struck for each in injuries if each.fault.kind is kind), default=0.0)
        yield f"  {kind:<10} {each}; away for at most {longest:.1f} s"


def _figures(evidence: Evidence) -> Iterator[str]:
    yield f"  jobs       {_jobs(evidence)}"
    yield f"  questions  {_questions(evidence)}"
    yield f"  clients    {_clients(evidence)}"
    yield f"  model      {_model(evidence)}"
    yield f"  leases     {_leases(evidence)}"
    yield f"  fencing    {_fencing(evidence)}"
    yield f"  messages   {_messages(evidence)}"


def _jobs(evidence: Evidence) -> str:
    claims = sum(job["attempts"] for job in evidence.jobs)
    ends = Counter(job["status"] for job in evidence.jobs)
    return f"{len(evidence.stories)} accepted: {_counted(ends)}; {claims} claims"


def _questions(evidence: Evidence) -> str:
    outcomes = Counter(question["outcome"] or "left by cancelled jobs" for question in evidence.questions)
    return f"{len(evidence.questions)} asked: {_counted(outcomes)}"


def _clients(evidence: Evidence) -> str:
    sockets = sum(story.connections for story in evidence.stories)
    return f"{len(evidence.events)} events over {sockets} sockets, {sockets - len(evidence.stories)} of them to resume"


def _model(evidence: Evidence) -> str:
    finished = sum(step["status"] == "done" for step in evidence.steps)
    return f"{len(evidence.calls)} calls for {finished} finished steps; {repeats(evidence)} repeated"


def _leases(evidence: Evidence) -> str:
    waits = [waited for _, waited in handed_over(evidence)]
    handed = f"{len(waits)} jobs handed over by stopping workers, the slowest in {max(waits, default=0):.1f} s"
    return f"{len(expiries(evidence))} ran out; {handed}"


def _fencing(evidence: Evidence) -> str:
    taken = len(logged(evidence, "job taken over by another worker"))
    ended = sum(len(injury.after) for injury in evidence.injuries)
    return f"{taken} runs stopped because their job was taken over; {ended} jobs ended while their worker was frozen"


def _messages(evidence: Evidence) -> str:
    again = sum(entry["count"] for entry in logged(evidence, "commands sent again"))
    return f"{again} commands sent again; {len(evidence.letters)} dead letters"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
