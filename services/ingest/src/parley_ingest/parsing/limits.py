"""What reading one document may cost: plain numbers, so that the process that reads imports little."""

from __future__ import annotations

from dataclasses import dataclass

from parley_common.confined.cage import Bounds


@dataclass(frozen=True)
class Limits:
    """Memory and what may be unpacked in bytes, `cpu` in seconds; the rest are counts, `nesting` of levels."""

    memory: int
    cpu: int
    unpacked: int
    pages: int
    characters: int
    nesting: int
    attachments: int
    ocr_pages: int
    ocr_languages: str

    @property
    def bounds(self) -> Bounds:
        """What the kernel holds the process to."""
        return Bounds(memory=self.memory, written=self.unpacked, cpu=self.cpu)
