"""Reciprocal rank fusion as Qdrant does it."""

from __future__ import annotations

import pytest

from parley_common.vectors.fusion import fused


def test_scores_add_up_by_rank() -> None:
    assert fused([["a", "b"], ["b", "c"]], k=2) == pytest.approx({"b": 1 / 3 + 1 / 2, "a": 1 / 2, "c": 1 / 3})
    assert list(fused([["a", "b"], ["b", "c"]], k=2)) == ["b", "a", "c"]


def test_equals_keep_the_order_of_the_first_list() -> None:
    assert list(fused([["a", "b", "c"], ["c", "b", "a"]], k=2)) == ["a", "c", "b"]
    assert list(fused([["x"], ["y"]], k=2)) == ["x", "y"]


def test_a_small_k_lets_the_first_places_decide() -> None:
    lists = [["first", "both"], ["other", "more", "both"]]
    assert next(iter(fused(lists, k=0.1))) == "first"
    assert next(iter(fused(lists, k=60))) == "both"


def test_nothing_fused_is_nothing() -> None:
    assert fused([], k=2) == {}
    assert fused([[], []], k=2) == {}
