"""What failures are called: words for people, never the name of a class."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import parley_chat
import parley_common
import parley_enhancer
import parley_ingest
import parley_research
from parley_common.runtime.run import StepRow
from parley_common.runtime.steps import problem_of, replayed_error
from parley_common.titles import TITLES, title_of
from parley_ingest.parsing import failures
from parley_research.datasets.failures import Reason, unreadable

# What a job of theirs can end with is shown to people who did not write it.
PACKAGES = (parley_common, parley_research, parley_enhancer, parley_ingest, parley_chat)
# The general ones, whose own words say enough; and an outcome of a query, which is no failure of a job.
PLAIN = {"conflict", "gone", "invalid", "not_found", "refused"}


def codes() -> set[str]:
    """Every code written down in the sources: of a class, or given to an error."""
    sources = (source for package in PACKAGES for source in Path(package.__path__[0]).rglob("*.py"))
    found = {code for source in sources for code in re.findall(r'\bcode ?= ?"(\w+)"', source.read_text())}
    documents = {f"document_{reason}" for reason in get_args(failures.Reason)}
    return found | documents | {f"dataset_{reason}" for reason in get_args(Reason)}


@pytest.mark.parametrize("code", sorted(codes() - PLAIN))
def test_every_failure_of_a_job_has_a_title(code: str) -> None:
    assert code in TITLES


def test_titles_are_words_for_people() -> None:
    for title in TITLES.values():
        assert title[0].isupper()
        assert " " in title
        assert "_" not in title


def test_a_code_without_a_title_is_said_in_its_own_words() -> None:
    assert title_of("key_reused") == "Key reused"


def test_a_problem_keeps_its_title_when_its_step_is_replayed() -> None:
    first = problem_of(unreadable("empty", "The file is empty."))
    row = StepRow("load", "load", "", "failed", problem=first)
    assert first.title == "The file is empty"
    assert problem_of(replayed_error(row)) == first
