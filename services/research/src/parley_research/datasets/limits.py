"""What one upload may cost: plain numbers, so that the process that reads it imports little."""

from __future__ import annotations

from dataclasses import dataclass

from parley_common.confined.cage import Bounds


@dataclass(frozen=True)
class Limits:
    """Sizes and memory in bytes, `cpu` in seconds, `cell` in characters; `unpacked` bounds each file written too."""

    size: int
    unpacked: int
    memory: int
    cpu: int
    rows: int
    columns: int
    cells: int
    cell: int

    def rows_of(self, columns: int) -> int:
        """The number of rows a table of so many columns may have."""
        return min(self.rows, self.cells // max(columns, 1))

    @property
    def bounds(self) -> Bounds:
        """What the kernel holds the process to."""
        return Bounds(memory=self.memory, written=self.unpacked, cpu=self.cpu)
