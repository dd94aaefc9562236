"""Tesseract, where it is installed: what a picture says, read from inside the cage."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

from parley_common.confinement import die_with_parent

PROGRAM = Path("/usr/bin/tesseract")
# What the cage has to leave open for it.
NEEDED = (PROGRAM, Path("/usr/share/tesseract-ocr"))


def installed() -> bool:
    return PROGRAM.exists()


def text_of(png: bytes, *, languages: str) -> str:
    """What a picture says; nothing if tesseract cannot read it."""
    if not png:
        return ""
    done = subprocess.run(  # noqa: S603
        [PROGRAM, "stdin", "stdout", "-l", languages],
        input=png,
        capture_output=True,
        check=False,
        env={"OMP_THREAD_LIMIT": "1"},
        preexec_fn=partial(die_with_parent, os.getpid()),
    )
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
