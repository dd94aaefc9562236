"""What is printed and how: results on stdout, all else on stderr, and nothing a server says controls the terminal.

Colours and spinners appear only on a terminal. Markup and highlighting are off, so that text is printed as it is.
"""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console

BIDI = (*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROLS = {c for c in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *BIDI)} - {ord("\n"), ord("\t")}
ESCAPES = {c: f"\\x{c:02x}" if c < 0x100 else f"\\u{c:04x}" for c in CONTROLS}


def safe(text: object) -> str:
    """Untrusted text with its control characters (escape sequences, bidirectional overrides) made visible."""
    return str(text).translate(ESCAPES)


def line(text: object, width: int = 100) -> str:
    """Untrusted text as one short safe line."""
    flat = " ".join(safe(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def out() -> Console:
    """Where results go."""
    return _console(stderr=False)


def err() -> Console:
    """Where progress, questions and complaints go."""
    return _console(stderr=True)


def print_json(value: Any) -> None:
    """One JSON document on one line of stdout, in ASCII: exact for programs, harmless to a terminal."""
    typer.echo(json.dumps(value))


def _console(*, stderr: bool) -> Console:
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)
