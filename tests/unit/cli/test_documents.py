"""`parley upload` and `parley documents` against a scripted gateway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import JSONResponse

DOCUMENT = "01900000-0000-7000-8000-000000000004"
LINE = f"{DOCUMENT}\tlog.txt\tcompleted\t-\t3\t-\n"


@pytest.fixture
def ingesting(gateway: Any) -> Any:
    """The gateway, whose one job ingests a document."""
    gateway.kind = "ingest_document"
    stage = "Generating embeddings for 3 chunks..."
    gateway.opening = [
        ("job.accepted", {"kind": "ingest_document"}),
        ("job.progress", {"fraction": 0.2, "stage": stage}),
    ]
    gateway.ending = [("job.completed", {"result": {}})]
    return gateway


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.txt"
    file.write_text("417 ships")
    return file


def test_a_document_is_uploaded_and_followed_to_its_end(ingesting: Any, parley: Any, log: Path) -> None:
    done = parley("upload", str(log))
    assert (done.exit_code, done.stdout) == (0, LINE)
    assert ingesting.submitted == [{"name": "log.txt", "content": "417 ships"}]
    assert "20% Generating embeddings for 3 chunks..." in done.stderr
    assert "log.txt: Page 2 holds only images and was not read." in done.stderr


def test_what_was_uploaded_before_is_said_and_documents_can_be_printed_as_json(
    ingesting: Any, parley: Any, log: Path
) -> None:
    done = parley("upload", "--json", str(log), str(log))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [DOCUMENT, DOCUMENT]
    assert "you uploaded this before" in done.stderr


def test_a_document_that_fails_and_one_that_is_refused_are_no_success(ingesting: Any, parley: Any, log: Path) -> None:
    problem = {"title": "Document corrupt", "detail": "The document is damaged.", "code": "document_corrupt"}
    ingesting.ending = [("job.failed", {"problem": problem})]
    failed = parley("upload", str(log))
    assert (failed.exit_code, failed.stdout.split("\t")[2]) == (1, "failed")
    assert "The document is damaged." in failed.stderr
    body = {"title": "Document unsupported", "status": 415, "detail": "This is a film.", "code": "document_unsupported"}
    ingesting.refusals["/api/upload/"] = JSONResponse(body, 415)
    refused = parley("upload", str(log))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "This is a film." in refused.stderr
    assert parley("upload", str(log.with_name("none.txt"))).exit_code == 2


def test_documents_are_listed_removed_and_embedded_again_page_by_page(ingesting: Any, parley: Any) -> None:
    assert parley("documents", "ls").stdout == LINE.replace("-\n", "2026-01-01T00:00:00Z\n")
    assert parley("documents", "rm", DOCUMENT).stdout == f"removed {DOCUMENT}\n"
    assert ingesting.removed == [DOCUMENT]
    again = parley("documents", "reembed")
    assert (again.exit_code, again.stdout) == (0, LINE + LINE)
    assert ingesting.submitted == [{"priority": "batch"}] * 2
