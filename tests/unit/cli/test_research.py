"""`parley research` and `parley datasets` against a scripted gateway, with pipes and in a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import JSONResponse

from parley_standalone.cli.plan import edited

DATASET = "01900000-0000-7000-8000-000000000003"
ASK = ("research", "Which region sells most?", "--dataset", DATASET)
SPEC = {
    "mark": {"type": "bar", "tooltip": True},
    "data": {"values": [{"c0": "North", "c1": 1000.5}, {"c0": "South", "c1": 500.25}]},
    "encoding": {"x": {"field": "c0", "type": "nominal"}, "y": {"field": "c1", "title": "sum of sales"}},
}
DETAIL = {
    "query_id": "q1", "question": "What are the sales by region?", "kind": "comparison", "sql": "SELECT 1",
    "columns": ["region", "sum of sales"], "rows": [["North", 1000.4999999999], ["South", 500.25]], "row_count": 14,
    "chart": SPEC, "error": None,
}  # fmt: skip
NUMBERS = [
    {"start": 0, "end": 1, "value": 1.0, "citation": {"query_id": "q1", "row": row, "column": "sum of sales"}}
    for row in (0, 1, 0)
]
RESULT: dict[str, Any] = {
    "answered": True, "direct_answer": "North sells most.", "supporting_details": [DETAIL],
    "findings": [{"text": "North has 1,000.5, South 500.25.", "numbers": NUMBERS}],
    "follow_up_questions": ["And by month?"], "verbose_analysis": None, "notes": ["Two empty rows left out."],
}  # fmt: skip
PLAN = {"schema": {"type": "array", "items": {"type": "string"}}, "default": ["Sales by region?", "By month?"]}


@pytest.fixture
def researcher(gateway: Any) -> Any:
    """The gateway, with one research job."""
    gateway.kind = "research"
    gateway.opening = [
        ("job.accepted", {"kind": "research"}),
        ("job.progress", {"fraction": 0.35, "stage": "Stage 3/7: Executing queries"}),
        (
            "artifact.added",
            {"id": "q1", "name": "By region?", "media_type": "application/vnd.parley.query+json", "data": DETAIL},
        ),
    ]
    gateway.ending = [("job.completed", {"result": RESULT})]
    return gateway


def test_answer_findings_and_tables_go_to_stdout_and_stages_to_stderr(researcher: Any, parley: Any) -> None:
    done = parley(*ASK, "--verbose")
    assert done.exit_code == 0
    assert researcher.submitted == [
        {"dataset_id": DATASET, "question": ASK[1], "verbose": 1, "review_plan": False}
    ]  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[0] == "North sells most."
    assert "• North has 1,000.5, South 500.25." in lines
    assert any(line.split() == ["1", "North", "1,000.5"] for line in lines)
    assert "… 12 more rows" in lines
    assert "• And by month?" in lines
    assert "note: Two empty rows left out." in lines
    assert "35% Stage 3/7: Executing queries\nq1: By region? → 14 rows\n" in done.stderr
    assert "\x1b" not in done.output


def test_finding_names_each_of_its_cells_once_counting_rows_from_one(researcher: Any, parley: Any) -> None:
    assert "  [q1 · rows 1, 2 · sum of sales]" in parley(*ASK).stdout.splitlines()


def test_json_is_the_finished_job_and_nothing_else(researcher: Any, parley: Any) -> None:
    assert json.loads(parley(*ASK, "--json").stdout)["result"] == RESULT


def test_what_the_data_cannot_tell_is_said_and_exits_1(researcher: Any, parley: Any) -> None:
    unknown = {"answered": False, "direct_answer": "The data cannot tell.", "findings": [], "supporting_details": []}
    researcher.ending = [("job.completed", {"result": {**RESULT, **unknown}})]
    done = parley(*ASK)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, "The data cannot tell.")


def test_failed_query_says_why(researcher: Any, parley: Any) -> None:
    broken = {**DETAIL, "columns": [], "rows": [], "chart": None, "error": "It took too long."}
    researcher.ending = [("job.completed", {"result": {**RESULT, "supporting_details": [broken]}})]
    assert "no result: It took too long." in parley(*ASK).stdout.splitlines()


def test_query_without_rows_is_an_empty_table(researcher: Any, parley: Any) -> None:
    empty = {**DETAIL, "rows": [], "row_count": 0, "chart": None}
    researcher.ending = [("job.completed", {"result": {**RESULT, "supporting_details": [empty]}})]
    assert "row   region   sum of sales" in parley(*ASK).stdout


def test_server_text_cannot_control_the_terminal(researcher: Any, parley: Any) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07[red]"
    detail = {**DETAIL, "question": evil, "columns": [evil, "n"], "rows": [[evil, 1]]}
    texts = {"direct_answer": evil, "findings": [{"text": evil, "numbers": []}], "notes": [evil]}
    researcher.ending = [("job.completed", {"result": {**RESULT, **texts, "supporting_details": [detail]}})]
    done = parley(*ASK)
    assert done.exit_code == 0
    assert done.stdout.startswith("\\x1b[2J\\x1b]0;owned\\x07[red]\n")
    assert not {"\x1b", "\x07"} & set(done.output)


def test_report_is_written_as_the_ending_of_the_file_says(researcher: Any, parley: Any, tmp_path: Path) -> None:
    done = parley(*ASK, "--export", str(tmp_path / "report.PDF"))
    assert done.exit_code == 0
    assert (tmp_path / "report.PDF").read_text() == "as pdf"


@pytest.mark.parametrize("target", ["report.doc", "report", "nowhere/report.md"])
def test_report_that_cannot_be_written_is_wrong_usage_before_anything_is_asked(
    researcher: Any, parley: Any, tmp_path: Path, target: str
) -> None:
    assert parley(*ASK, "--export", str(tmp_path / target)).exit_code == 2
    assert researcher.submitted == []


@pytest.mark.parametrize(("question", "dataset"), [("  ", DATASET), ("Why?", "missing.csv"), ("Why?", "/")])
def test_empty_question_or_missing_file_is_wrong_usage(
    researcher: Any, parley: Any, question: str, dataset: str
) -> None:
    assert parley("research", question, "--dataset", dataset).exit_code == 2


def test_dataset_that_is_still_loading_is_waited_for(researcher: Any, parley: Any) -> None:
    researcher.play(*researcher.opening, *researcher.ending)
    researcher.loading = ["processing", "processing", "processing"]
    done = parley(*ASK)
    assert (done.exit_code, len(researcher.submitted)) == (0, 1)


def test_unknown_dataset_is_explained(researcher: Any, parley: Any) -> None:
    done = parley("research", "Why?", "--dataset", DATASET.replace("3", "4"))
    assert (done.exit_code, done.stderr) == (1, "Not found: No such dataset. (not_found, trace abc123)\n")


def test_refused_upload_is_explained(researcher: Any, parley: Any, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("a,b\n1,2\n")
    body = {"title": "Too large", "detail": "At most 1 byte.", "code": "too_large"}
    researcher.refusals["/datasets"] = JSONResponse(body, 413)
    done = parley("research", "Why?", "--dataset", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Too large: At most 1 byte. (too_large)\n"


def test_silent_gateway_is_one_line_that_says_how_to_start_it(parley: Any) -> None:
    done = parley("--url", "http://127.0.0.1:9", *ASK)
    assert done.exit_code == 1
    assert done.stderr.startswith("No gateway answers at http://127.0.0.1:9.")


def test_plan_is_accepted_where_nobody_can_be_asked(researcher: Any, parley: Any) -> None:
    researcher.ask(**PLAN)
    done = parley(*ASK, "--review-plan")
    assert done.exit_code == 0
    assert researcher.submitted[0]["review_plan"] is True
    assert researcher.answers == [{"value": PLAN["default"]}]
    assert "accepted: Sales by region?; By month?" in done.stderr


def test_person_changes_the_plan_until_it_is_right(researcher: Any, terminal: Any) -> None:
    researcher.ask(**PLAN)
    screen = terminal(*ASK, "--review-plan")
    screen.wait_for("2  By month?\r\n> ")
    for typed, shown in (("-2", "1  Sales by region?"), ("+ By week?", "2  By week?"), ("1 By shop?", "1  By shop?")):
        screen.seen = ""
        screen.type(f"{typed}\n")
        screen.wait_for(shown)
        screen.wait_for("\r\n> ")
    screen.type("\n")
    screen.wait_for("North sells most.")
    assert screen.exit_code() == 0
    assert researcher.answers == [{"value": ["By shop?", "By week?"]}]


def test_escape_leaves_the_plan_to_the_job(researcher: Any, terminal: Any) -> None:
    researcher.ask(**PLAN)
    screen = terminal(*ASK, "--review-plan")
    screen.wait_for("\r\n> ")
    screen.type("\x1b\n")
    assert screen.exit_code() == 0
    assert researcher.answers == [{"declined": True}]


def test_interrupt_cancels_the_job_and_shows_what_was_found(researcher: Any, terminal: Any) -> None:
    researcher.ending, researcher.partial = [], {"supporting_details": [DETAIL]}
    screen = terminal(*ASK)
    screen.wait_for("14 rows")
    screen.interrupt()
    screen.wait_for("What was found before the end is kept:")
    screen.wait_for("1,000.5")
    assert screen.exit_code() == 130


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("2 c d", ["a", "c d"]),
        ("-1", ["b"]),
        ("+ c", ["a", "b", "c"]),
        ("+c", ["a", "b", "c"]),
        ("3 c", None),
        ("0 c", None),
        ("2", None),
        ("-3", None),
        ("+", None),
        ("c", None),
        ("-1 c", None),
        ("--1", None),
        ("² c", None),
    ],
)
def test_typed_change_gives_the_plan_meant(text: str, plan: list[str] | None) -> None:
    assert edited(["a", "b"], text) == plan


def test_last_part_of_a_plan_stays() -> None:
    assert edited(["a"], "-1") is None


def test_datasets_are_listed_and_removed(gateway: Any, parley: Any) -> None:
    assert parley("datasets", "ls").stdout == f"{DATASET}\tsales.csv\tcompleted\t3\t2026-01-01T00:00:00Z\n"
    assert json.loads(parley("datasets", "ls", "--json").stdout)["name"] == "sales.csv"
    assert parley("datasets", "rm", DATASET).stdout == "removed\n"
    assert gateway.removed == [DATASET]
