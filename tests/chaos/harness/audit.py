"""What must be true after a run; each check yields what is wrong, in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from harness.evidence import Evidence
from harness.injuries import Injury
from harness.journey import Json, Story
from harness.model import STEPS, Call
from harness.schedule import Action, Kind
from parley_common.contracts.events import FINAL_TYPES

FINAL = {"completed", "cancelled"}
# A request that left a worker just before its death may reach the model just after it.
ON_ITS_WAY = 1.0
SWEPT_WITHIN = 2.0


def audit(evidence: Evidence) -> list[str]:
    """Everything that is wrong; nobody was harmed if that is nothing."""
    checks = (endings, leases, streams, answers, calls, fencing, handovers, leftovers, complaints)
    return [f"{check.__name__}: {wrong}" for check in checks for wrong in check(evidence)]


def endings(evidence: Evidence) -> Iterator[str]:
    """Every accepted job ended, once, the same way for everyone; there are no others."""
    jobs, snapshots = _by_id(evidence.jobs), _by_id(evidence.snapshots)
    accepted = {story.job for story in evidence.stories}
    yield from (f"{job} was made without being accepted" for job in (jobs.keys() | snapshots.keys()) - accepted)
    for story in evidence.stories:
        ends = [event["type"].removeprefix("job.") for event in story.events if event["type"] in FINAL_TYPES]
        told = {ends[-1] if ends else "no end"}
        told |= {rows.get(story.job, {}).get("status", "unknown") for rows in (jobs, snapshots)}
        if len(ends) != 1 or len(told) != 1 or not told <= FINAL:
            yield f"{story.job} ended {len(ends)} times, as {' and '.join(sorted(told))}"
        if story.cancelled_at and told != {"cancelled"}:
            yield f"{story.job} was said to be cancelled, but {told}"


def leases(evidence: Evidence) -> Iterator[str]:
    """No lease is left over, and none ran out but those of workers that were killed or frozen."""
    yield from (f"{job['id']} is still held by {job['lease_owner']}" for job in evidence.jobs if job["lease_owner"])
    for entry in expiries(evidence):
        since = datetime.fromisoformat(entry["timestamp"]).timestamp()
        before = [injury for injury in evidence.injuries if injury.struck < since]
        pid = int(entry["worker"].split(":")[1])
        if not any(_loses(injury, evidence.lease, pid=pid, at=since) for injury in before):
            last = max(before, key=lambda injury: injury.struck, default=None)
            after = f"{since - last.struck:.1f} s after {last.fault}" if last else "before any fault"
            yield f"{entry['job']} was taken from {entry['worker']}, which nobody had broken, {after}"


def streams(evidence: Evidence) -> Iterator[str]:
    """Every client saw the stored log, byte for byte: no hole, no repeat, nothing else."""
    stored = _logs(evidence)
    for story in evidence.stories:
        log = stored[story.job]
        seqs = [event["seq"] for event in story.events]
        if seqs != list(range(1, len(seqs) + 1)):
            yield f"{story.job}: its client saw {seqs}"
        elif story.frames != [row["body"] for row in log]:
            yield f"{story.job}: its client saw other events than were stored"


def answers(evidence: Evidence) -> Iterator[str]:
    """Every question was seen, and the one answer that was accepted is the one that was used."""
    given, used = _by_id(evidence.answers), _by_id(evidence.questions)
    for story in evidence.stories:
        events = story.events
        for row in (row for row in evidence.answers if str(row["job"]) == story.job):
            if not any(e["type"] == "question.asked" and e["data"]["question_id"] == str(row["id"]) for e in events):
                yield f"{story.job}: its client never saw its question"
        told = {answer["answer_id"] for answer in story.accepted}
        if len(told) > 1:
            yield f"{story.job}: its client was told of several accepted answers: {told}"
        for event in (event for event in events if event["type"] == "question.answered"):
            question = event["data"]["question_id"]
            ids = told | {rows[question]["answer_id"] for rows in (given, used)} | {event["data"]["answer_id"]}
            if len(ids) != 1:
                yield f"{story.job}: {ids} were all taken as the answer"
        yield from _unused(story)


def _unused(story: Story) -> Iterator[str]:
    result: Json = next((e["data"]["result"] for e in story.events if e["type"] == "job.completed"), {})
    if not result or not story.plan.asks:
        return
    accepted = next(iter(story.accepted), {})
    if (result["question"] or {}).get("answer") != accepted.get("value"):
        yield f"{story.job}: {accepted} was accepted, but used was {result['question']}"


def calls(evidence: Evidence) -> Iterator[str]:
    """One call per finished step; one more for each time its worker was killed or frozen during the call."""
    made = _made(evidence)
    done = {(str(step["job"]), step["key"]) for step in evidence.steps if step["status"] == "done"}
    yield from (f"{step} of {job} was never called" for job, step in done - made.keys())
    for (job, step), each in made.items():
        for first, second in pairwise(each):
            if not any(_excuses(injury, evidence.lease, job, first, second) for injury in evidence.injuries):
                log = [_short(row) for row in _logs(evidence)[job]]
                wait = second.came_at - first.came_at
                yield f"{step} of {job} was called again {wait:.2f} s later, for no reason, at {second.came_at}: {log}"
    for story in evidence.stories:
        after = [
            c for step in STEPS for c in made.get((story.job, step), []) if c.came_at > (story.cancelled_at or 1e12)
        ]
        yield from (f"{call.step} of {story.job} was called after the cancellation" for call in after)


def fencing(evidence: Evidence) -> Iterator[str]:
    """A worker that comes back writes nothing: what had ended without it stays as it was, and every claim shows."""
    jobs, stored = _by_id(evidence.jobs), _logs(evidence)
    for injury in evidence.injuries:
        for row in injury.after:
            if jobs[str(row["id"])] != row:
                yield f"{row['id']} was written to after it had ended, when {injury.process} came back"
    for identity, job in jobs.items():
        started = sum(row["type"] == "job.started" for row in stored[identity])
        if started and started != job["attempts"]:
            yield f"{identity} was claimed {job['attempts']} times, but started {started} times"
        if job["last_seq"] != len(stored[identity]):
            yield f"{identity} has {len(stored[identity])} events, and not {job['last_seq']}"


def handovers(evidence: Evidence) -> Iterator[str]:
    """What a worker that was told to stop had was finished by it, or soon by another: no lease had to run out."""
    for job, waited in handed_over(evidence):
        if waited >= evidence.lease:
            yield f"{job} was handed over only after {waited:.1f} s"


def leftovers(evidence: Evidence) -> Iterator[str]:
    """Outboxes and queues are empty, those for dead letters too."""
    yield from (f"{count} messages are left in {name}" for name, count in evidence.left.items() if count)
    yield from (f"dead in {letter['queue']}: {letter['reason']}: {letter['body']}" for letter in evidence.letters)


def complaints(evidence: Evidence) -> Iterator[str]:
    """Nothing happened to a client that it could not expect, and no process met a bug."""
    for story in evidence.stories:
        yield from (f"{story.job or story.plan.task}: {surprise}" for surprise in story.surprises)
    for process, entries in evidence.logs.items():
        bugs = [entry for entry in entries if entry.get("level") in {"error", "critical"} and not _of_the_wire(entry)]
        yield from (f"{process} logged {entry['event']}: {entry.get('exception', entry)}" for entry in bugs)


def repeats(evidence: Evidence) -> int:
    """How many calls were made again."""
    return sum(len(each) - 1 for each in _made(evidence).values())


def expiries(evidence: Evidence) -> list[Json]:
    """What the sweepers said of leases that ran out."""
    return logged(evidence, "lease ran out")


def logged(evidence: Evidence, event: str) -> list[Json]:
    return [entry for entries in evidence.logs.values() for entry in entries if entry["event"] == event]


def handed_over(evidence: Evidence) -> Iterator[tuple[str, float]]:
    """Jobs that a stopping worker did not finish, with the seconds until another had them."""
    stored = _logs(evidence)
    for injury in evidence.injuries:
        if (injury.fault.kind, injury.fault.action) != (Kind.WORKER, Action.STOP):
            continue
        for row in injury.held:
            later = stored[str(row["id"])][row["last_seq"] :]
            turn = next((each for each in later if each["type"] in {"job.started", "question.asked"}), None)
            if turn and turn["type"] == "job.started":
                yield str(row["id"]), _time(turn) - injury.struck


def _breaks(injury: Injury) -> bool:
    return injury.fault.kind is Kind.WORKER and injury.fault.action is not Action.STOP


def _loses(injury: Injury, lease: float, *, pid: int, at: float) -> bool:
    """Whether it may be why a worker's lease ran out then.

    A claim that commits while the database goes away is never confirmed, so nobody works on it until its lease ends.
    """
    ambiguous = injury.fault.kind is Kind.POSTGRES and injury.fault.action is not Action.FREEZE
    unconfirmed = ambiguous and at < injury.over + lease + SWEPT_WITHIN
    return unconfirmed or (_breaks(injury) and injury.pid == pid) or _outlasts(injury, lease)


def _outlasts(injury: Injury, lease: float) -> bool:
    """No worker can keep its leases while the database is away for longer than they last."""
    return injury.fault.kind is Kind.POSTGRES and injury.over - injury.struck > lease - 1


def _excuses(injury: Injury, lease: float, job: str, first: Call, second: Call) -> bool:
    if not first.came_at < injury.struck + ON_ITS_WAY < second.came_at:
        return False
    held = (row for row in injury.held if str(row["id"]) == job and first.step not in row["done"])
    return _outlasts(injury, lease) or (_breaks(injury) and any(held))


def _of_the_wire(entry: Json) -> bool:
    """A broker that goes away is nothing special here, but the libraries that talk to it call it an error."""
    logger, event = str(entry.get("logger")), str(entry["event"])
    return logger.startswith(("aiormq", "aio_pika")) or event.startswith("CancelledError")


def _made(evidence: Evidence) -> dict[tuple[str, str], list[Call]]:
    """The calls of each step of each job, in their order."""
    jobs = {story.plan.task: story.job for story in evidence.stories}
    made: defaultdict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in sorted(evidence.calls, key=lambda call: call.came_at):
        made[jobs[call.task], call.step].append(call)
    return made


def _by_id(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(row["id"]): row for row in rows}


def _short(event: dict[str, Any]) -> str:
    """When it happened, what it was, and why."""
    data = json.loads(event["body"])["data"]
    return f"{_time(event)} {event['type']} {data.get('status', '')} {data.get('problem') or ''}".rstrip()


def _time(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(json.loads(event["body"])["time"]).timestamp()


def _logs(evidence: Evidence) -> defaultdict[str, list[dict[str, Any]]]:
    stored: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in evidence.events:
        stored[str(row["job"])].append(row)
    return stored
