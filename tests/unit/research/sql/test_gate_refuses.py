"""What must never reach DuckDB, each with a sentence for the one who wrote it."""

from __future__ import annotations

import json

import pytest

from parley_research.sql.gate import SqlRefused, checked

LEAKS = [
    "duckdb_settings",
    "duckdb_secrets",
    "duckdb_functions",
    "duckdb_tables",
    "duckdb_views",
    "duckdb_columns",
    "duckdb_databases",
    "duckdb_extensions",
    "duckdb_logs",
    "duckdb_memory",
    "duckdb_variables",
    "duckdb_temporary_files",
    "duckdb_prepared_statements",
    "duckdb_external_file_cache",
    "pragma_database_size",
    "pragma_version",
    "pragma_platform",
    "pragma_user_agent",
    "pragma_show",
    "pragma_table_info",
    "pragma_storage_info",
]

STATEMENTS = [
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW data",
    "CREATE TEMP TABLE t AS SELECT * FROM data",
    "CREATE MACRO f(x) AS x",
    "SELECT 1 INTO t",
    "SET VARIABLE x = 1",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "PREPARE q AS SELECT 1",
    "EXECUTE q",
    "ATTACH 'x.db'",
    "DETACH memory",
    "COPY data TO 'out.csv'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "EXPORT DATABASE 'out'",
    "IMPORT DATABASE 'in'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "EXPLAIN ANALYZE SELECT 1",
    "DESCRIBE data",
    "SUMMARIZE data",
    "SHOW TABLES",
    "PIVOT data ON region USING sum(price)",
    "UNPIVOT data ON price INTO NAME n VALUE v",
    "INSERT INTO data VALUES (1)",
    "DELETE FROM data",
    "UPDATE data SET price = 1",
    "DROP VIEW data",
    "BEGIN",
    "VACUUM",
    "CHECKPOINT",
    "USE memory",
    "VALUES (1)",
    "",
    ";",
    "-- nothing",
    "what sells best?",
]

READERS = [
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('data')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM parquet_scan('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM parquet_schema('x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM 'data'.'main'.'data'",
    "SELECT * FROM 'https://example.com/x.csv'",
    "FROM '/etc/passwd'",
    "TABLE secrets",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM main.data",
    "SELECT * FROM memory.main.data",
    "SELECT * FROM other",
    "SELECT * FROM sales AS data",
    "SELECT * FROM data, LATERAL (SELECT * FROM read_text('/etc/passwd'))",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM data WHERE id IN (SELECT 1 FROM glob('/*'))",
    "SELECT * FROM data UNION ALL SELECT * FROM 'x.csv'",
    "SELECT * FROM (DESCRIBE data)",
    "SELECT * FROM (SHOW TABLES)",
    "SELECT * FROM (PIVOT data ON region USING sum(price))",
    "SELECT * FROM data PIVOT (sum(price) FOR region IN ('north'))",
    "SELECT * FROM data UNPIVOT (v FOR n IN (price))",
    "SELECT * FROM data AT (VERSION => 1)",
    "SELECT * FROM data TABLESAMPLE 10%",
    "SELECT * FROM data USING SAMPLE 10",
]

CALLS = [
    "getenv('HOME')",
    "current_setting('home_directory')",
    "getvariable('x')",
    "current_query()",
    "current_database()",
    "current_schemas(true)",
    "version()",
    "txid_current()",
    "current_connection_id()",
    "nextval('s')",
    "setseed(0.1)",
    "random()",
    "uuid()",
    "gen_random_uuid()",
    "now()",
    "today()",
    "current_date",
    "current_timestamp",
    "current_user",
    '"current_user"',
    "user",
    "session_user",
    "current_catalog",
    "get_current_time()",
    "repeat('x', 1000000000)",
    "lpad('x', 1000000000, 'y')",
    "rpad('x', 1000000000, 'y')",
    "range(1000000000)",
    "generate_series(1, 1000000000)",
    "list_resize([1], 1000000000)",
    "array_resize([1], 1000000000)",
    "bar(1, 0, 1, 1000000000)",
    "printf('%1000000000d', 1)",
    "format('{:1000000000}', 1)",
    "bitstring('1', 1000000000)",
    "list_aggregate([1], 'sum')",
    "list_transform([1], x -> x)",
    "list_reduce([1], lambda a, b: a + b)",
    "[x FOR x IN [1]]",
    "COLUMNS('.*')",
    "COLUMNS(c -> c LIKE 'p%')",
    "sleep_ms(100000)",
    "pg_sleep(100)",
    "error('x')",
    "write_log('x')",
    "json_serialize_sql('SELECT 1')",
    "json_deserialize_sql('x')",
    "to_json(data)",
    "parse_path('x')",
    "hash(1)",
    "md5('x')",
    "nosuchfunction(1)",
    "main.sum(1)",
    "system.main.current_setting('x')",
    "('x').upper()",
    "id.current_setting()",
    "?",
    "$1",
    "$name",
    "#1",
    "CAST('x' AS regclass)",
    "'x'::nosuchtype",
    "CAST('{}' AS JSON)",
    "TRY(1)",
    "memory.main.data.id",
]

TRICKS = [
    "SELECT/**/*/**/FROM/**/read_text/**/('/etc/passwd')",
    "SELECT * FROM read_text -- \n ('/etc/passwd')",
    "SELECT * FROM \"read_text\"('/etc/passwd')",
    "SELECT * FROM \"READ_text\"('/etc/passwd')",
    "SELECT * FROM ｒｅａｄ_text('/etc/passwd')",
    "SELECT * FROM dаta",  # a Cyrillic letter
    "SELECT * FROM data\u200b",
    "SELECT 'a' ; -- '; \nSELECT 2",
    "SELECT $$;$$; SELECT $x$ $$ $x$",
    "SELECT E'\\''; SELECT 2 --'",
    "SELECT '\\'; SELECT 2 --'",
    "/* SELECT 1 */ DROP VIEW data",
    "WITH data AS (SELECT 1 AS id) SELECT * FROM data",
    'WITH "DATA" AS (SELECT 1 AS id) SELECT * FROM data',
    "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
    "WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b) SELECT * FROM b",
    "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a), a",
    "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a",
    "WITH a AS (SELECT * FROM a) SELECT * FROM a",
    "WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a) SELECT * FROM a",
    "WITH a AS (INSERT INTO data VALUES (1) RETURNING *) SELECT * FROM a",
    "SELECT * FROM data FOR UPDATE",
    "SELECT * FROM data LIMIT (SELECT getvariable('x'))",
    "SELECT * FROM data ORDER BY current_setting('x')",
    "SELECT count(*) FILTER (WHERE getenv('HOME') = '') FROM data",
    "SELECT sum(id) OVER (ORDER BY current_setting('x')) FROM data",
    "SELECT * FROM data JOIN data b ON current_setting('x') = ''",
    "SELECT * REPLACE (getenv('HOME') AS id) FROM data",
    "SELECT * FROM unnest(range(10000000000))",
    "SELECT * FROM unnest([1]) AS t(x), range(x)",
]


@pytest.mark.parametrize(
    "sql",
    [
        *STATEMENTS,
        *READERS,
        *TRICKS,
        *(f"SELECT * FROM {name}()" for name in LEAKS),  # noqa: S608
        *(f"SELECT {call} FROM data" for call in CALLS),  # noqa: S608
    ],
)
def test_gate_refuses_with_a_sentence(sql: str) -> None:
    with pytest.raises(SqlRefused) as refusal:
        checked(sql)
    assert refusal.value.code == "sql_refused"
    assert refusal.value.detail.endswith(".")
    assert len(refusal.value.detail) < 400


def test_refusal_names_the_function_to_avoid() -> None:
    with pytest.raises(SqlRefused, match="function getenv is not available"):
        checked("SELECT getenv('HOME')")


def test_refusal_does_not_repeat_a_string_of_the_query() -> None:
    with pytest.raises(SqlRefused) as refusal:
        checked("SELECT getenv('hunter2')")
    assert "hunter2" not in str(refusal.value)


def test_a_megabyte_of_sql_is_refused_for_its_length() -> None:
    with pytest.raises(SqlRefused, match="longer than 20000 characters"):
        checked("SELECT '" + "x" * 1_000_000 + "'")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("(", ")"),
        ("- ", ""),
        ("NOT ", ""),
        ("[", "]"),
        ("(SELECT ", ")"),
        ("abs(", ")"),
        ("CASE WHEN 1 = ", " THEN 1 END"),
        ("{'a': ", "}"),
    ],
)
@pytest.mark.parametrize("levels", [70, 1_000])
def test_deep_nesting_is_refused(opening: str, closing: str, levels: int) -> None:
    sql = "SELECT " + opening * levels + "1" + closing * levels
    with pytest.raises(SqlRefused):
        checked(sql, depth=60, length=100_000)


@pytest.mark.parametrize("chain", ["SELECT " + "1 + " * 500 + "1", "SELECT 1" + " UNION SELECT 1" * 1_200])
def test_long_chains_are_refused_for_their_depth(chain: str) -> None:
    with pytest.raises(SqlRefused, match="nested"):
        checked(chain)


def test_no_column_of_the_table_may_be_mistaken_for_the_user() -> None:
    assert checked('SELECT "user" FROM data', columns=["user"]) == 'SELECT "user" FROM data'


def test_refusal_is_plain_text() -> None:
    with pytest.raises(SqlRefused) as refusal:
        checked('SELECT * FROM "a\nb\x00c"')
    assert json.loads(json.dumps(refusal.value.detail)) == refusal.value.detail
