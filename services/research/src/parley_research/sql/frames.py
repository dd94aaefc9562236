"""Byte strings over a pipe: four bytes of length, then as many bytes, never more than the reader allows."""

from __future__ import annotations

import os

HEADER = 4


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(HEADER, "big") + payload


def read_frame(source: int) -> bytes:
    """The next frame of a descriptor whose writer is trusted; `EOFError` when it ends before that."""
    return _read(source, int.from_bytes(_read(source, HEADER), "big"))


def write_all(target: int, payload: bytes) -> None:
    view = memoryview(payload)
    while view:
        view = view[os.write(target, view) :]


def _read(source: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if not (part := os.read(source, size - len(parts))):
            raise EOFError
        parts += part
    return bytes(parts)
