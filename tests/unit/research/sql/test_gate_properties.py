"""What holds for any text, checked with DuckDB's own parser and its own tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley_research.sql.functions import CALLED
from parley_research.sql.gate import SqlRefused, checked

PIECES = re.split(
    r"\s+",
    r"""
    SELECT FROM WHERE GROUP BY ORDER HAVING UNION ALL WITH AS data d id region price ( ) , ; . * + - / || :: = < > 'x'
    '' " "id" $$ $1 ? : [ ] { } 1 0.5 NULL NOT IN EXISTS CASE WHEN THEN END CAST sum count( avg( unnest( range(
    read_text( query( OVER PARTITION LIMIT JOIN LATERAL ON USING PIVOT COLUMNS( -- /* */ \ E' U&' x'00' SET COPY ATTACH
    PRAGMA INTO TEMP VALUES RECURSIVE -> lambda getvariable( current_user AT
    SAMPLE FILTER INTERVAL DAY DATE #1 @ ~ ! é ；
    """.strip(),
)
KNOWN = [
    "SELECT 1",
    "FROM data",
    "SELECT id, sum(price) FROM data GROUP BY id",
    "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
    "SELECT * FROM data, unnest([1, 2]) AS t(n)",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT list_transform([1], x -> x)",
    "PIVOT data ON region USING sum(price)",
    "DESCRIBE data",
    "DROP VIEW data",
    "SELECT getenv('HOME'), $1",
]

soup = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)
known = st.sampled_from(KNOWN)
mixed = st.tuples(known, st.sampled_from(PIECES), known).map(" ".join)
wrapped = known.map(lambda sql: f"SELECT * FROM ({sql}) AS x")  # noqa: S608


UNWANTED = {"SHOW_REF", "PIVOT", "RECURSIVE_CTE_NODE", "LAMBDA", "VALUE_PARAMETER", "POSITIONAL_REFERENCE", "COLLATE"}


def called(part: dict[str, object]) -> object:
    function = part["function"]
    return function["function_name"] if isinstance(function, dict) else function


def parts(tree: object) -> Iterator[dict[str, object]]:
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []:
        yield from parts(part)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sql=st.one_of(st.text(max_size=200), soup, soup.map("SELECT {}".format), mixed, wrapped))
def test_gate_raises_its_own_error_or_lets_one_select_of_known_parts_through(sql: str) -> None:
    try:
        written = checked(sql)
    except SqlRefused:
        return
    with duckdb.connect() as connection:
        assert [statement.type for statement in connection.extract_statements(written)] == [duckdb.StatementType.SELECT]
        (text,) = connection.execute("SELECT json_serialize_sql(?)", [written]).fetchone() or ("",)
    found = list(parts(json.loads(text)))
    assert {str(part["function_name"]).lower() for part in found if "function_name" in part} <= CALLED
    assert not {str(part.get("type")) for part in found} & UNWANTED
    assert {called(part) for part in found if part.get("type") == "TABLE_FUNCTION"} <= {"unnest"}
