"""The questions of the evaluation are read as they are written."""

from __future__ import annotations

import pytest

from bench.research.questions import NAMES, question_set
from bench.research.tables import LOADERS


@pytest.mark.parametrize("name", NAMES)
def test_every_set_asks_known_tables_and_says_how_it_came_about(name: str) -> None:
    asked = question_set(name)
    assert asked.about
    assert {each.table for each in asked.cases} <= set(LOADERS)
    assert all(each.phrasings for each in asked.cases)
    assert asked.answerable
    assert asked.unanswerable
