"""What the reader's process answers, from a fork of one that has all its libraries loaded, under the same limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from parley_common.confined.asking import failure_of
from parley_ingest.domain.document import Canonical
from parley_ingest.parsing.reading import answered
from parley_ingest.parsing.settings import ParsingSettings

PROGRAM = """
import json, os, resource, sys
from pathlib import Path
from parley_ingest.parsing import child, readers

for kind in readers.MODULES:
    readers.reader_of(kind)
for line in sys.stdin:
    request = json.loads(line)
    limits = request["given"]["limits"]
    process = os.fork()
    if not process:
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
        resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))
        os.dup2(os.open(request["complaint"], os.O_CREAT | os.O_TRUNC | os.O_WRONLY), 2)
        with open(request["file"], "rb") as file:
            answer = child.answer(file, request["given"])
        Path(request["answer"]).write_text(json.dumps(answer))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


class Forks:
    """Raises what reading raises: `UnreadableDocument`, or `NoAnswer` if the process died of the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def read(self, content: bytes, filename: str, **limits: Any) -> Canonical:
        paths = {name: str(self._folder / name) for name in ("file", "answer", "complaint")}
        Path(paths["file"]).write_bytes(content)
        given = {"filename": filename, "limits": asdict(ParsingSettings(**{"document_ocr_pages": 0, **limits}).limits)}
        code = self._ask(json.dumps({**paths, "given": given}))
        if code:
            raise failure_of(code, Path(paths["complaint"]).read_bytes())
        return answered(json.loads(Path(paths["answer"]).read_text()))

    def _ask(self, request: str) -> int:
        if not (self._process.stdin and self._process.stdout):
            raise RuntimeError("no pipes")
        self._process.stdin.write(f"{request}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())
