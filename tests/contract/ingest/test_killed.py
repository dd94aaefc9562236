"""`kill -9` at every step of an ingestion: the index holds what SQL has, and nothing is paid for twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest

# Commits of one small document, at the least: two for most steps, what they write and their entry in the journal.
COMMITS = 14
Run = Callable[[int, Sequence[UUID]], bool]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Let a process ingest documents; whether it was killed at this commit of the last one."""
    program = [sys.executable, "-m", "tests.contract.ingest.dying", str(tmp_path)]
    root, pipe = Path(__file__).parents[3], subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, cwd=root) as process:

        def run(at: int, documents: Sequence[UUID]) -> bool:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"at": at, "documents": [str(each) for each in documents]}) + "\n")
            process.stdin.flush()
            return bool(json.loads(process.stdout.readline()))

        yield run


def test_a_worker_may_be_killed_at_every_step(run: Run, tmp_path: Path) -> None:
    """Each process first ends what the one before it was killed over, told by the same command once more."""
    documents = [uuid4()]
    while run(at := len(documents), documents[-2:]):
        documents.append(uuid4())
    assert at > COMMITS
    for number, document in enumerate(documents, start=1):
        left = json.loads((tmp_path / f"report-{document}").read_text())
        assert left["sql"] == left["index"], f"killed at commit {number}"
        assert len(left["sql"]) == left["counted"] > 4
        assert left["counted"] <= left["paid"] <= left["counted"] + left["batch"]
