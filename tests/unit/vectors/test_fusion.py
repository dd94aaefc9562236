"""Reciprocal rank fusion as Qdrant does it, and what neighbours give each other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from parley_common.vectors.fusion import beside, fused


def alike(*rankings: Sequence[str]) -> list[tuple[float, Sequence[str]]]:
    return [(1.0, ranking) for ranking in rankings]


def test_scores_add_up_by_rank() -> None:
    assert fused(alike("ab", "bc"), k=2) == pytest.approx({"b": 1 / 3 + 1 / 2, "a": 1 / 2, "c": 1 / 3})
    assert list(fused(alike("ab", "bc"), k=2)) == ["b", "a", "c"]


def test_equals_keep_the_order_of_the_first_list() -> None:
    assert list(fused(alike("abc", "cba"), k=2)) == ["a", "c", "b"]
    assert list(fused(alike("x", "y"), k=2)) == ["x", "y"]


def test_a_small_k_lets_the_first_places_decide() -> None:
    lists = alike(["first", "both"], ["other", "more", "both"])
    assert next(iter(fused(lists, k=0.1))) == "first"
    assert next(iter(fused(lists, k=60))) == "both"


def test_nothing_fused_is_nothing() -> None:
    assert fused([], k=2) == {}
    assert fused(alike([], []), k=2) == {}


def test_a_ranking_counts_as_much_as_its_weight() -> None:
    assert fused([(1.0, "ab"), (1.5, "ba")], k=2) == pytest.approx({"b": 1 / 3 + 1.5 / 2, "a": 1 / 2 + 1.5 / 3})


def test_neighbours_give_a_share_of_what_they_have_themselves() -> None:
    places = {"a": ("x", 1), "b": ("x", 2), "c": ("x", 3), "far": ("x", 5), "other": ("y", 2)}
    scores = {"other": 1.1, "far": 1.0, "a": 0.9, "b": 0.8, "c": 0.4}
    found = beside(scores, places, share=0.25)
    assert found == pytest.approx({"other": 1.1, "far": 1.0, "a": 1.1, "b": 0.8 + 0.25 * 1.3, "c": 0.6})
    assert list(found) == ["b", "other", "a", "far", "c"]


def test_without_a_share_nothing_changes() -> None:
    assert beside({"a": 2.0, "b": 1.0}, {"a": ("x", 1), "b": ("x", 2)}, share=0) == {"a": 2.0, "b": 1.0}
