"""One statement, one round trip, one commit: PostgreSQL's way with the few statements that every job runs.

Such a statement takes any number of rows, as one array a column: its text stays the same, so it is planned once. It is
built and compiled with SQLAlchemy, and run by asyncpg itself, because the layers between cost more than the statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Executable, Integer, String, Table, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from parley_common.storage.errors import translated

DIALECT = dialect()  # type: ignore[no-untyped-call]
Row = Mapping[str, Any]


class Rows:
    """Rows that a statement is given: `table` is what it selects them from."""

    def __init__(self, name: str, columns: Mapping[str, TypeEngine[Any]]) -> None:
        kinds = {key: _unbounded(kind) for key, kind in columns.items()}
        self._count = f"{name}_count"
        self._arrays = [(f"{name}_{key}", key, _encoder(kind)) for key, kind in kinds.items()]
        self._none: dict[str, Any] = {self._count: 0, **{array: [] for array, _, _ in self._arrays}}
        arrays = (bindparam(f"{name}_{key}", type_=ARRAY(kind)) for key, kind in kinds.items())
        given = func.unnest(*arrays).table_valued(*(column(key, kind) for key, kind in kinds.items()))
        # A limit not known yet makes PostgreSQL plan for one row, and so find what is joined by its key. For the ten
        # that it expects of arrays it would read whole tables, as long as they were small when it last looked.
        limit = bindparam(self._count, type_=Integer())
        self.table = select(given.render_derived(name=f"{name}_given")).limit(limit).cte(name)

    def values(self, rows: Sequence[Row]) -> dict[str, Any]:
        if not rows:
            return self._none
        arrays = {name: [encode(row.get(key)) for row in rows] for name, key, encode in self._arrays}
        return {self._count: len(rows), **arrays}


class AtOnce:
    """A statement over `Rows`, ready to be run."""

    def __init__(self, statement: Executable, *given: Rows) -> None:
        compiled = statement.compile(dialect=DIALECT)  # type: ignore[attr-defined]
        self._text = str(compiled)
        self._names: list[str] = compiled.positiontup
        self._constants: dict[str, Any] = compiled.params
        self._given = given

    async def fetch(self, engine: AsyncEngine, *rows: Sequence[Row]) -> list[Any]:
        """What the statement returns, once it is committed; `rows` are those of each `Rows`, in order.

        Raises `DatabaseUnavailable`; the commit may then have happened or not.
        """
        values = dict(self._constants)
        for given, some in zip(self._given, rows, strict=True):
            values |= given.values(some)
        with translated():
            async with _asyncpg(engine) as connection:
                found: list[Any] = await connection.fetch(self._text, *(values[name] for name in self._names))
                return found


def insertion(*tables: Table) -> AtOnce:
    """Rows for several tables, all of them or none; given in the order of the tables."""
    parts = [(table, Rows(f"new_{table.name}", {each.name: each.type for each in table.c})) for table in tables]
    *others, last = (inserted(table, rows) for table, rows in parts)
    ctes = (each.cte(f"{table.name}_added") for each, table in zip(others, tables, strict=False))
    return AtOnce(last.add_cte(*ctes), *(rows for _, rows in parts))


def inserted(table: Table, rows: Rows, *only: ColumnElement[bool]) -> Insert:
    """Puts `rows` into their table, or `only` those."""
    names = [column.name for column in table.c]
    return insert(table).from_select(names, select(*(rows.table.c[name] for name in names)).where(*only))


@asynccontextmanager
async def _asyncpg(engine: AsyncEngine) -> AsyncIterator[Any]:
    """The driver's connection under one of the pool; the pool is told if it is lost."""
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if driver.is_closed():
            await connection.invalidate()
            driver = (await connection.get_raw_connection()).driver_connection
        try:
            yield driver
        except asyncpg.InternalClientError:
            await connection.invalidate()
            raise
        finally:
            if driver.is_closed():
                await connection.invalidate()


def _unbounded(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """PostgreSQL cuts what it casts to VARCHAR(n), and refuses what is inserted into it: nothing may be cut."""
    return Text() if isinstance(kind, String) else kind


def _encoder(kind: TypeEngine[Any]) -> Any:
    return kind.dialect_impl(DIALECT).bind_processor(DIALECT) or (lambda value: value)
