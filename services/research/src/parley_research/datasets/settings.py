"""What reading an upload may cost, as settings."""

from __future__ import annotations

from pydantic import Field

from parley_common.settings import Settings
from parley_research.datasets.limits import Limits


class DatasetSettings(Settings):
    """Bytes, seconds and counts; `cell` is a value's length in characters, `unpacked` what a file may unpack to."""

    dataset_bytes: int = Field(200 * 2**20, alias="PARLEY_DATASET_BYTES", ge=1)
    dataset_unpacked: int = Field(2 * 2**30, alias="PARLEY_DATASET_UNPACKED", ge=2**20)
    dataset_memory: int = Field(2 * 2**30, alias="PARLEY_DATASET_MEMORY", ge=2**28)
    dataset_cpu: int = Field(240, alias="PARLEY_DATASET_CPU", ge=1)
    dataset_wall: float = Field(600.0, alias="PARLEY_DATASET_WALL", gt=0)
    dataset_rows: int = Field(10_000_000, alias="PARLEY_DATASET_ROWS", ge=1)
    dataset_columns: int = Field(1_000, alias="PARLEY_DATASET_COLUMNS", ge=1)
    dataset_cells: int = Field(100_000_000, alias="PARLEY_DATASET_CELLS", ge=1)
    dataset_cell: int = Field(100_000, alias="PARLEY_DATASET_CELL", ge=1)

    @property
    def limits(self) -> Limits:
        """The same for the process that reads."""
        return Limits(
            size=self.dataset_bytes,
            unpacked=self.dataset_unpacked,
            memory=self.dataset_memory,
            cpu=self.dataset_cpu,
            rows=self.dataset_rows,
            columns=self.dataset_columns,
            cells=self.dataset_cells,
            cell=self.dataset_cell,
        )
