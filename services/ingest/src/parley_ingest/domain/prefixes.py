"""What is put before a passage so that its embedding knows where it stands."""

from __future__ import annotations

from collections.abc import Callable


class Prefixes:
    """Title and headings, one a line, in at most `room` tokens; the closest heading is the last to go."""

    def __init__(self, title: str, count: Callable[[str], int], *, room: int) -> None:
        self._title = title.strip()
        self._count = count
        self._room = room
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, heading: tuple[str, ...]) -> str:
        """The prefix of passages under this path of headings: empty, or whole lines."""
        if heading not in self._known:
            self._known[heading] = self._made(heading)
        return self._known[heading]

    def _made(self, heading: tuple[str, ...]) -> str:
        lines = [line for line in (self._title, *heading) if line]
        if len(lines) > 1 and lines[0] == lines[1]:
            del lines[0]
        while lines and self._count(prefix := "\n".join(lines) + "\n") > self._room:
            _shorten(lines)
        return prefix if lines else ""


def _shorten(lines: list[str]) -> None:
    """Without the outermost heading; then without the title; then half of what is left."""
    if len(lines) > 1:
        del lines[1 if len(lines) > 2 else 0]
    elif half := lines[0][: len(lines[0]) // 2].rstrip():
        lines[0] = half
    else:
        lines.clear()
