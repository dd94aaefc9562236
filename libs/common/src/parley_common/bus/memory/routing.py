"""Which queues a routing key leads to."""

from __future__ import annotations

from collections.abc import Sequence


class Exchange:
    """A topic, direct or fanout exchange; the default exchange (`""`) is the server's own business."""

    def __init__(self, name: str, kind: str) -> None:
        if kind not in {"topic", "direct", "fanout"}:
            raise ValueError(f"exchange type {kind!r} is not supported in process")
        self.name = name
        self.kind = kind
        self._bindings: dict[tuple[str, str], list[str]] = {}
        self._routes: dict[str, tuple[str, ...]] = {}

    def bind(self, queue: str, key: str) -> None:
        self._bindings[queue, key] = _words(key)
        self._routes.clear()

    def unbind(self, queue: str, key: str | None = None) -> None:
        """Forget one binding, or all of a queue's."""
        self._bindings = {
            bound: words
            for bound, words in self._bindings.items()
            if bound[0] != queue or (key is not None and bound[1] != key)
        }
        self._routes.clear()

    def route(self, key: str) -> tuple[str, ...]:
        """The names of all queues that get a message with this key, each once."""
        if (known := self._routes.get(key)) is None:
            words = _words(key)
            known = tuple(dict.fromkeys(queue for queue, bound in self._bindings if self._leads(words, (queue, bound))))
            self._routes[key] = known
        return known

    def _leads(self, words: list[str], binding: tuple[str, str]) -> bool:
        if self.kind == "topic":
            return matches(self._bindings[binding], words)
        return self.kind == "fanout" or self._bindings[binding] == words


def _words(key: str) -> list[str]:
    return key.split(".") if key else []


def matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a topic pattern fits: `*` stands for one word, `#` for any number of them, none included."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(matches(pattern[1:], words[start:]) for start in range(len(words) + 1))
    return bool(words) and pattern[0] in {"*", words[0]} and matches(pattern[1:], words[1:])
