"""What an upload is called, and what its owner is told about loading it."""

from __future__ import annotations

import pytest

from parley_common.contracts.jobs import Problem, Status
from parley_gateway.domain.processing import processing_problem, processing_status
from parley_gateway.work.files import name_of


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("sales.csv", "sales.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\sales.csv", "sales.csv"),
        ("/", "dataset"),
        ("..", "dataset"),
        (".", "dataset"),
        ("", "dataset"),
        ("  ", "dataset"),
        (".csv", ".csv"),
        ("Umsätze 2026 – Übersicht.xlsx", "Umsätze 2026 – Übersicht.xlsx"),
    ],
)
def test_a_name_has_no_folders_and_is_never_empty(filename: str, name: str) -> None:
    assert name_of(filename, otherwise="dataset") == name


def test_a_long_name_is_shortened_before_its_ending() -> None:
    assert name_of("x" * 10_000 + ".parquet", otherwise="dataset") == "x" * 247 + ".parquet"
    assert name_of("x." + "y" * 10_000, otherwise="dataset") == ("x." + "y" * 253)[:239] + "." + "y" * 15
    assert len(name_of("x" * 10_000, otherwise="dataset")) == 255


def test_loading_has_four_states_and_cancelled_is_a_failure_in_words() -> None:
    assert {status.value: processing_status(status) for status in Status} == {
        "pending": "pending",
        "running": "processing",
        "waiting": "processing",
        "completed": "completed",
        "failed": "failed",
        "cancelled": "failed",
    }
    told = processing_problem(Status.CANCELLED, None)
    assert told is not None
    assert told.code == "cancelled"
    problem = Problem(code="empty", title="Empty", detail="There are no rows.")
    assert processing_problem(Status.FAILED, problem) is problem
