"""What a query may take."""

from __future__ import annotations

from pydantic import Field

from parley_common.settings import Settings


class QuerySettings(Settings):
    """The limits of one query; sizes in bytes. `parallel` queries of a batch run at a time, each with one thread."""

    memory: int = Field(512 << 20, alias="PARLEY_QUERY_MEMORY", ge=64 << 20)
    seconds: float = Field(20.0, alias="PARLEY_QUERY_SECONDS", gt=0)
    cpu_seconds: int = Field(20, alias="PARLEY_QUERY_CPU_SECONDS", ge=1)
    parallel: int = Field(2, alias="PARLEY_QUERY_PARALLEL", ge=1)
    rows: int = Field(1_000, alias="PARLEY_QUERY_ROWS", ge=1)
    counted_rows: int = Field(10_000_000, alias="PARLEY_QUERY_COUNTED_ROWS", ge=1)
    result_bytes: int = Field(4 << 20, alias="PARLEY_QUERY_RESULT_BYTES", ge=1 << 10)
    length: int = Field(20_000, alias="PARLEY_QUERY_LENGTH", ge=1)
    depth: int = Field(60, alias="PARLEY_QUERY_DEPTH", ge=1)
