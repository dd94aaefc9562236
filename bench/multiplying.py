"""Copies one waiting job, as it stands in both databases, many times."""

from __future__ import annotations

import asyncpg

COPIES = """
    CREATE TEMPORARY TABLE copies AS
    SELECT gen_random_uuid() AS new_job, gen_random_uuid() AS new_question FROM generate_series(1, $1)
"""
SAMPLE = 2_000


async def multiply(
    gateway: asyncpg.Connection, worker: asyncpg.Connection, *, job: str, question: str, number: int
) -> list[str]:
    """Make `number` copies; returns the ids of up to `SAMPLE` of them."""
    await gateway.execute(COPIES.replace("$1", str(int(number))))
    copies = await gateway.fetch("SELECT new_job, new_question FROM copies")
    await worker.execute("CREATE TEMPORARY TABLE copies (new_job uuid, new_question uuid)")
    await worker.copy_records_to_table("copies", records=[tuple(row) for row in copies])
    for connection, tables in ((worker, ("job", "question")), (gateway, ("job", "event", "question"))):
        for table in tables:
            await _copy_rows(connection, table, job=job, question=question)
            await connection.execute(f"ANALYZE {table}")
    return [str(row["new_job"]) for row in copies[:SAMPLE]]


async def _copy_rows(connection: asyncpg.Connection, table: str, *, job: str, question: str) -> None:
    """Every row of the job once per copy, with both ids replaced wherever they occur, in texts too."""
    key = "id" if table == "job" else "job"
    await connection.execute(f"""
        INSERT INTO {table}
        SELECT copied.* FROM {table} AS row, copies,
            jsonb_populate_record(
                NULL::{table},
                replace(replace(to_jsonb(row)::text, '{job}', new_job::text), '{question}', new_question::text)::jsonb
            ) AS copied
        WHERE row.{key} = '{job}'
    """)  # noqa: S608 - names of tables and ids of our own
