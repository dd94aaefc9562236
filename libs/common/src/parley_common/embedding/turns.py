"""Threads that take turns fairly: who asks for one thing does not wait for who asked for a thousand."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from queue import PriorityQueue
from typing import Any, TypeVar

R = TypeVar("R")

_LAST = 2**62


class Turns:
    """Work of a lower rank goes first, else in the order it came. Belongs to no event loop; end it with `close`.

    Rank a caller's pieces of work 0, 1, 2 and so on: the first of any caller then waits only for first ones, the second
    for first and second ones, and those with little to do are soon done. Threads that are `nice` leave the processors
    to whoever else wants them.
    """

    def __init__(self, name: str, *, threads: int, nice: int = 0) -> None:
        self._waiting: PriorityQueue[tuple[int, int, Callable[[], Any], Future[Any]]] = PriorityQueue()
        self._numbers = count()
        self._nice = nice
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def add(self, rank: int, work: Callable[[], R]) -> Future[R]:
        """The result to come; cancelling it takes back work that has not begun."""
        future: Future[R] = Future()
        self._waiting.put((rank, next(self._numbers), work, future))
        return future

    def close(self) -> None:
        """Ends the threads once everything asked for is done."""
        for _ in self._threads:
            self.add(_LAST, lambda: None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        # On Linux this is the thread's own.
        os.nice(self._nice)
        rank = 0
        while rank != _LAST:
            rank, _, work, future = self._waiting.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the result
                future.set_exception(error)
