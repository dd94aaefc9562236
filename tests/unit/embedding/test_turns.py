"""Callers take turns, and no work is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial

import pytest

from parley_common.embedding.turns import Turns


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns("test", threads=1)
    yield turns
    turns.close()


@pytest.fixture
def held(turns: Turns) -> Iterator[threading.Event]:
    """The only thread is busy until this is set."""
    begun, go = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go.wait()

    turns.add(0, wait)
    begun.wait()
    yield go
    go.set()


def test_a_caller_with_one_wish_waits_for_no_second_wish_of_another(turns: Turns, held: threading.Event) -> None:
    done: list[str] = []
    asked = [
        turns.add(rank, partial(done.append, f"{caller}{rank}"))
        for caller, wishes in {"a": 4, "b": 2, "c": 1}.items()
        for rank in range(wishes)
    ]
    held.set()
    for each in asked:
        each.result()
    assert done == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]


def test_work_that_is_taken_back_is_never_done(turns: Turns, held: threading.Event) -> None:
    done: list[str] = []
    taken_back = turns.add(0, partial(done.append, "never"))
    assert taken_back.cancel()
    held.set()
    turns.add(0, partial(done.append, "last")).result()
    assert done == ["last"]
    with pytest.raises(CancelledError):
        taken_back.result()


def test_an_error_reaches_who_asked_and_nobody_else(turns: Turns) -> None:
    nothing: list[int] = []
    failing = turns.add(0, nothing.pop)
    with pytest.raises(IndexError):
        failing.result()
    assert turns.add(0, lambda: 7).result() == 7


def test_what_waits_when_it_is_closed_is_still_done() -> None:
    turns = Turns("test", threads=3)
    waiting = [turns.add(number, partial(int, number)) for number in range(50)]
    turns.close()
    assert [each.result(timeout=0) for each in waiting] == list(range(50))


def test_nice_threads_give_way_and_who_asks_them_does_not() -> None:
    mine, turns = os.getpriority(os.PRIO_PROCESS, 0), Turns("test", threads=1, nice=3)
    assert turns.add(0, partial(os.getpriority, os.PRIO_PROCESS, 0)).result() == min(19, mine + 3)
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine
    turns.close()


def test_as_many_are_done_at_a_time_as_there_are_threads() -> None:
    turns, all_there = Turns("test", threads=3), threading.Barrier(3)
    for each in [turns.add(0, all_there.wait) for _ in range(3)]:
        each.result()
    turns.close()
