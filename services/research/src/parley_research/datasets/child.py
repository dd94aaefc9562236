"""The process that reads an upload: `python -m parley_research.datasets.child`, confined.

It answers with a profile, or with the reason why there is none, and leaves `table.parquet`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
from duckdb import DuckDBPyConnection

from parley_common.confined.child import serve
from parley_research.datasets.columnar import open_columnar
from parley_research.datasets.delimited import stage_delimited
from parley_research.datasets.failures import UnreadableDataset, unreadable
from parley_research.datasets.inference import SQL_TYPES, Reading, infer
from parley_research.datasets.limits import Limits
from parley_research.datasets.profiling import profile_column, quoted
from parley_research.datasets.records import stage_records
from parley_research.datasets.sniffing import sniff
from parley_research.datasets.staging import CELLS, Staged
from parley_research.datasets.workbook import stage_workbook

UPLOAD = "upload.parquet"
TEXTS = "texts.parquet"
TABLE = "table.parquet"
# Of the memory allowed; the rest is for Python and the libraries.
DUCKDB_SHARE = 0.5


def main() -> None:
    serve(_answer)


def _answer(upload: BinaryIO, given: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**given["limits"])
    try:
        return {"profile": _load(upload, limits)}
    except UnreadableDataset as error:
        failure = error
    except (MemoryError, duckdb.OutOfMemoryException):
        failure = unreadable("out_of_memory", "Reading the file takes more memory than is allowed.")
    except (OSError, duckdb.IOException) as error:
        if "File too large" not in str(error):
            raise
        failure = unreadable("too_large", f"The file unpacks to more than {limits.unpacked} bytes.")
    return {"failed": {"code": failure.code, "detail": failure.detail}}


def _load(upload: BinaryIO, limits: Limits) -> dict[str, Any]:
    content = sniff(upload, limits)
    upload.seek(0)
    if content == "parquet":
        return _load_parquet(upload, limits)
    stage = {"xlsx": stage_workbook, "json": stage_records, "text": stage_delimited}[content]
    staged = stage(upload, limits)
    connection = _connect(limits)
    columns = [f"c{i}" for i in range(len(staged.names))]
    _pack(connection, columns, limits, rows=staged.rows)
    readings = infer(connection, TEXTS, columns, staged.rows)
    return _finish(connection, TEXTS, staged, readings)


def _connect(limits: Limits) -> DuckDBPyConnection:
    """One thread, so that the same upload always gives the same bytes; no other file, no extension, no network."""
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{int(limits.memory * DUCKDB_SHARE)}B",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = {[str(CELLS), UPLOAD, TEXTS, TABLE]}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _pack(connection: DuckDBPyConnection, columns: list[str], limits: Limits, *, rows: int) -> None:
    """The cells as columns of text, so that each can be looked at without the others."""
    types = "{" + ", ".join(f"'{column}': 'VARCHAR'" for column in columns) + "}"
    line = 4 * limits.cell * 2 + 2**22
    connection.execute(
        f"COPY (SELECT * FROM read_csv('{CELLS}', columns = {types}, auto_detect = false, header = false,"  # noqa: S608
        f" delim = ',', quote = '\"', escape = '\"', null_padding = true,"
        f" parallel = false, new_line = '\\r\\n', max_line_size = {line}))"
        f" TO '{TEXTS}' (FORMAT parquet, COMPRESSION snappy)"
    )
    CELLS.unlink()
    packed = connection.execute(f"SELECT count(*) FROM '{TEXTS}'").fetchall()[0][0]  # noqa: S608
    if packed != rows:
        raise RuntimeError(f"wrote {rows} rows and read {packed}")


def _load_parquet(upload: BinaryIO, limits: Limits) -> dict[str, Any]:
    with Path(UPLOAD).open("wb") as copy:
        shutil.copyfileobj(upload, copy, 1 << 20)
    connection = _connect(limits)
    try:
        opened = open_columnar(connection, UPLOAD, limits)
        staged = Staged("parquet", opened.names, opened.rows, opened.notes)
        return _finish(connection, UPLOAD, staged, opened.readings)
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, OverflowError) as error:
        encrypted = "encrypt" in str(error).lower()
        if encrypted:
            raise unreadable("encrypted", "The Parquet file is encrypted; please save it without encryption.") from None
        raise unreadable("corrupt", "The Parquet file is damaged.") from None


def _finish(connection: DuckDBPyConnection, source: str, staged: Staged, readings: list[Reading]) -> dict[str, Any]:
    named = list(zip(staged.names, readings, strict=True))
    values = ", ".join(f"CAST({r.sql} AS {SQL_TYPES[r.type]}) AS {quoted(name)}" for name, r in named)
    connection.execute(f"COPY (SELECT {values} FROM '{source}') TO '{TABLE}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
    profiled = [profile_column(connection, TABLE, name, r.type, staged.rows) for name, r in named]
    columns = [{**facts, "read_as": r.read_as} for (facts, _), (_, r) in zip(profiled, named, strict=True)]
    guessed = [facts["name"] for facts, estimated in profiled if estimated]
    notes = [*staged.notes, *_estimated(guessed)]
    return {"format": staged.format, "rows": staged.rows, "columns": columns, "notes": notes}


def _estimated(names: list[str]) -> list[str]:
    shown = ", ".join(f"“{name[:50]}”" for name in names[:5]) + (" and others" if len(names) > 5 else "")
    return [f"The number of distinct values is an estimate for {shown}."] if names else []


if __name__ == "__main__":
    main()
