"""`make demo`, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil


def test_demo_shows_a_job_of_every_kind_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = _running()
    command = [sys.executable, "-m", "parley_standalone.demo"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    order = ("job.accepted", "job.started", "question.asked", "question.answered", "job.completed", "Enhanced prompt")
    positions = [done.stdout.index(each) for each in order]
    assert positions == sorted(positions)
    enhanced, _, rest = done.stdout.partition("== Deep research ==")
    researched, _, chatted = rest.partition("== Chat about a document ==")
    assert "129 EUR" in enhanced.partition("Enhanced prompt")[2]
    stages = ("load_dataset", "Stage 1/7", "Stage 3/7", "artifact.added", "Stage 6/7", "Findings", "[q1 · row")
    positions = [researched.index(each) for each in stages]
    assert positions == sorted(positions)
    assert "North █" in researched
    assert enhanced.count("from submission to result") == researched.count("from submission to result") == 1
    questions = ("Can a customer return", "Damaged books are replaced at any", "And opened games?", "[1] handbook.md")
    assert all(each in chatted for each in questions)
    assert chatted.count("from submission to result") == 2
    assert not _running() - before
    assert list(tmp_path.iterdir()) == []


def _running() -> set[int]:
    """Processes of an embedded system."""
    found = set()
    for process in psutil.process_iter(["pid", "cmdline"]):
        if "parley_standalone.embedded" in (process.info["cmdline"] or ()) and _is_ours(process):
            found.add(process.info["pid"])
    return found


def _is_ours(process: psutil.Process) -> bool:
    try:
        return "parley-demo-" in process.cwd()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
