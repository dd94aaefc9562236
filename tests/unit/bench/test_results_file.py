"""The file of results: parts that runs of their own replace, each with its heading, machine and checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.measuring import Check, Figure
from bench.report import Part, printed, write

SPINE = Part("Benchmark results", "All in one run.\n", packages=("pytest",), servers=("no-such-server",))
RESEARCH = Part("Benchmark results: research", "Without a model.\n")


def figure(title: str, value: float = 1.2) -> Figure:
    return Figure(title, ["p50 1.20 s"], [Check("p50", value, 1.5, unit="s")], ["# not a heading of its own"])


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "RESULTS.md"


def test_a_run_replaces_its_own_part_and_leaves_the_others(results: Path) -> None:
    write(SPINE, [figure("A job")], results)
    write(RESEARCH, [figure("A question")], results)
    spine = results.read_text().partition("# Benchmark results: research")[0]
    write(RESEARCH, [figure("Another question")], results)
    text = results.read_text()
    assert text.startswith(spine)
    assert "## Another question" in text
    assert "## A question" not in text
    write(SPINE, [figure("Another job")], results)
    assert [line for line in results.read_text().splitlines() if line.startswith(("# ", "## "))] == [
        "# Benchmark results",
        "## Another job",
        "# Benchmark results: research",
        "## Another question",
    ]


def test_writing_the_same_part_twice_changes_only_its_machine_lines(results: Path) -> None:
    def written() -> list[str]:
        write(SPINE, [figure("A job")], results)
        return [line for line in results.read_text().splitlines() if " UTC, load at the end " not in line]

    assert written() == written()


def test_a_part_says_when_and_on_what_it_was_measured(results: Path) -> None:
    write(SPINE, [figure("A job")], results)
    text = results.read_text()
    assert "All in one run." in text
    assert " UTC, load at the end " in text
    assert f"pytest {pytest.__version__}" in text
    assert "no-such-server (version unknown)" in text


@pytest.mark.parametrize(("value", "met", "verdict"), [(1.2, "yes", "met"), (1.6, "no", "NOT MET")])
def test_a_figure_is_held_against_its_bound(results: Path, value: float, met: str, verdict: str) -> None:
    write(RESEARCH, [figure("A question", value)], results)
    assert f"| p50 | {value:.2f} s | at most 1.5 s | {met} |" in results.read_text()
    assert printed(figure("A question", value)).endswith(f"must be at most 1.5 s: {verdict}")
