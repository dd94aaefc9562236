"""The confined side: one request on standard input, one answer on standard output, and the cage in between.

Imports nothing but the standard library: what a child needs besides, it imports itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from parley_common.confined.cage import Bounds, enter

Answer = Callable[[BinaryIO, dict[str, Any]], dict[str, Any]]


def serve(answer: Answer, *, readable: Iterable[Path] = ()) -> None:
    """Let `answer` see the file and what else was given, once nothing but these and `readable` can be opened."""
    request = json.loads(sys.stdin.buffer.read())
    with Path(request["file"]).open("rb") as file:
        enter(Path(request["scratch"]), Bounds(**request["bounds"]), parent=request["parent"], readable=readable)
        answered = json.dumps(answer(file, request["given"]), allow_nan=False, ensure_ascii=False)
        sys.stdout.buffer.write(answered.encode("utf-8", "surrogatepass"))
