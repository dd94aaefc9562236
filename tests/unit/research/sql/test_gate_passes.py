"""Ordinary analytic SQL gets through and gives the right numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pydantic import JsonValue

from parley_research.sql.cage import Cage
from parley_research.sql.gate import checked
from parley_research.sql.outcome import Outcome, Rows
from parley_research.sql.runner import Queries
from parley_research.sql.settings import QuerySettings

ANSWERS: list[tuple[str, list[list[JsonValue]]]] = [
    (
        "SELECT count(*), sum(pieces), avg(pieces), min(price), max(price) FROM data",
        [[5, 15, 3.0, 5.0, 30.25]],
    ),
    ("FROM data SELECT count(price)", [[4]]),
    (
        "SELECT region, sum(price) AS total FROM data GROUP BY region HAVING count(*) > 1 ORDER BY total",
        [["south", 30.25], ["north", 30.5]],
    ),
    (
        "SELECT region, count(*) FROM data GROUP BY ALL ORDER BY ALL",
        [["north", 2], ["south", 2], ["west", 1]],
    ),
    (
        "SELECT date_trunc('month', sold) AS month, sum(pieces) FROM data GROUP BY 1 ORDER BY 1",
        [["2024-01-01T00:00:00", 3], ["2024-02-01T00:00:00", 7], ["2024-03-01T00:00:00", 5]],
    ),
    ("SELECT EXTRACT(month FROM sold), date_part('year', sold) FROM data WHERE id = 3", [[2, 2024]]),
    ("SELECT date_diff('day', min(sold), max(sold)) FROM data", [[56]]),
    ("SELECT sold + INTERVAL 1 MONTH FROM data WHERE id = 1", [["2024-02-05T00:00:00"]]),
    ("SELECT strftime(sold, '%d.%m.%Y') FROM data WHERE id = 1", [["05.01.2024"]]),
    ("SELECT id FROM data WHERE sold BETWEEN DATE '2024-02-01' AND '2024-02-29' ORDER BY id", [[3], [4]]),
    (
        "SELECT round(100.0 * sum(pieces) / (SELECT sum(pieces) FROM data), 1) FROM data WHERE id = 5",
        [[33.3]],
    ),
    (
        "SELECT region, round(sum(pieces) * 100 / sum(sum(pieces)) OVER (), 1) FROM data GROUP BY region ORDER BY 1",
        [["north", 20.0], ["south", 46.7], ["west", 33.3]],
    ),
    ("SELECT count(*) FILTER (WHERE paid), count_if(NOT paid) FROM data", [[2, 2]]),
    ("SELECT sum(CASE WHEN region = 'north' THEN 1 ELSE 0 END) FROM data", [[2]]),
    (
        "SELECT id, row_number() OVER (ORDER BY price DESC NULLS LAST) FROM data ORDER BY 2 LIMIT 2",
        [[3, 1], [2, 2]],
    ),
    (
        "SELECT id, pieces - lag(pieces) OVER w FROM data WINDOW w AS (ORDER BY id) ORDER BY id",
        [[1, None], [2, -1], [3, 3], [4, -1], [5, 2]],
    ),
    (
        "SELECT id, sum(pieces) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM data ORDER BY id",
        [[1, 2], [2, 3], [3, 5], [4, 7], [5, 8]],
    ),
    (
        "SELECT id FROM data QUALIFY rank() OVER (PARTITION BY region ORDER BY pieces DESC) = 1 ORDER BY id",
        [[1], [3], [5]],
    ),
    (
        "SELECT median(pieces), quantile_cont(pieces, 0.25), mode(region) FROM data WHERE id < 3",
        [[1.5, 1.25, "north"]],
    ),
    ("SELECT quantile_cont(pieces, [0.25, 0.75]) FROM data", [[[2.0, 4.0]]]),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pieces) FROM data", [[3.0]]),
    (
        "SELECT quantile_disc(pieces, 0.5), mad(pieces), entropy(paid) FROM data WHERE id IN (1, 2)",
        [[1, 0.5, 1.0]],
    ),
    ("SELECT round(stddev_samp(pieces), 4), var_pop(pieces) FROM data", [[1.5811, 2.0]]),
    (
        "SELECT round(corr(pieces, 2 * pieces), 9), regr_slope(2 * pieces, pieces), "
        "regr_intercept(2 * pieces + 1, pieces) FROM data",
        [[1.0, 2.0, 1.0]],
    ),
    ("SELECT arg_max(region, pieces), max_by(id, pieces) FROM data", [["west", 5]]),
    (
        "SELECT list(id ORDER BY id DESC), string_agg(region, '|' ORDER BY id) FROM data WHERE id < 4",
        [[[3, 2, 1], "north|north|south"]],
    ),
    ("SELECT unnest([1, 2]) AS n ORDER BY n", [[1], [2]]),
    ("SELECT t.n, id FROM data, unnest([1, 2]) AS t(n) WHERE id = 1 ORDER BY n", [[1, 1], [2, 1]]),
    ("SELECT region FROM data WHERE paid UNION SELECT 'x' ORDER BY region", [["north"], ["south"], ["x"]]),
    ("SELECT region FROM data EXCEPT SELECT region FROM data WHERE paid ORDER BY 1", [["west"]]),
    ("SELECT region FROM data INTERSECT ALL SELECT region FROM data WHERE id < 3", [["north"], ["north"]]),
    (
        "WITH a AS (SELECT region, sum(pieces) AS p FROM data GROUP BY 1), b AS (SELECT max(p) AS top FROM a) "
        "SELECT region FROM a JOIN b ON a.p = b.top",
        [["south"]],
    ),
    (
        "SELECT (WITH a AS (SELECT 2 AS x) SELECT x FROM a) + (WITH a AS (SELECT 3 AS x) SELECT x FROM a)",
        [[5]],
    ),
    (
        "SELECT id FROM data d WHERE pieces = (SELECT max(pieces) FROM data WHERE region = d.region) ORDER BY id",
        [[1], [3], [5]],
    ),
    ("SELECT count(*) FROM data d WHERE EXISTS (SELECT 1 FROM data WHERE id = d.id + 1)", [[4]]),
    (
        "SELECT d.id, x.n FROM data d, LATERAL (SELECT d.id * 2 AS n) AS x ORDER BY id LIMIT 1 OFFSET 1",
        [[2, 4]],
    ),
    ("SELECT count(*) FROM data a LEFT JOIN data b ON a.id = b.id + 1 WHERE b.id IS NULL", [[1]]),
    (
        "SELECT region, count(*), grouping(region) FROM data GROUP BY ROLLUP (region) ORDER BY 2 DESC LIMIT 1",
        [[None, 5, 1]],
    ),
    (
        "SELECT DISTINCT ON (region) region, id FROM data ORDER BY region, id DESC",
        [["north", 2], ["south", 4], ["west", 5]],
    ),
    ("SELECT COUNT(DISTINCT region), approx_count_distinct(region) FROM data", [[3, 3]]),
    (
        "SELECT upper(left(region, 1)) || substring(region, 2), length(region) FROM data WHERE id = 1",
        [["North", 5]],
    ),
    (
        "SELECT count(*) FROM data WHERE region LIKE 'n%' OR region ILIKE 'W_ST' OR regexp_matches(region, '^s')",
        [[5]],
    ),
    (
        "SELECT * EXCLUDE (sold, price, paid) REPLACE (pieces * 10 AS pieces) FROM data WHERE id = 1",
        [[1, "north", 20]],
    ),
    (
        "SELECT coalesce(price, 0), nullif(pieces, 3), ifnull(paid, FALSE), if(pieces > 2, "
        "'a', 'b') FROM data WHERE id = 4",
        [[0.0, None, False, "a"]],
    ),
    (
        "SELECT 7 // 2, 7 % 2, 7 / 2, 2 ** 3, -7 // 2, abs(-1.5), greatest(1, 2), log10(100), ln(1)",
        [[3, 1, 3.5, 8.0, -3, 1.5, 2, 2.0, 0.0]],
    ),
    (
        "SELECT try_cast('x' AS INTEGER), '12'::INTEGER, CAST(1.5 AS VARCHAR), 1.25::DECIMAL(10, 1)",
        [[None, 12, "1.5", 1.3]],
    ),
    (
        "SELECT 'it''s', 'a\\b', 'x -- y', '/* z */'",
        [["it's", "a\\b", "x -- y", "/* z */"]],
    ),
    (
        'SELECT id -- the number\n, /* ; DROP VIEW data */ region FROM DATA AS "d;" WHERE ID = 1',
        [[1, "north"]],
    ),
    ("SELECT 1 /* /* */ ; DROP VIEW data --*/", [[1]]),
]


def rows(outcome: Outcome) -> object:
    return outcome.rows if isinstance(outcome, Rows) else outcome.detail


async def test_analytic_sql_gives_the_right_numbers(queries: Queries, sales: Path) -> None:
    outcomes = await queries.run(sales, [sql for sql, _ in ANSWERS])
    found = {sql: rows(outcome) for (sql, _), outcome in zip(ANSWERS, outcomes, strict=True)}
    assert found == dict(ANSWERS)


async def test_writing_a_query_anew_does_not_change_what_it_means(queries: Queries, sales: Path) -> None:
    as_they_were = await Cage(QuerySettings()).run(sales, [sql for sql, _ in ANSWERS])
    anew = await queries.run(sales, [sql for sql, _ in ANSWERS])
    assert [rows(outcome) for outcome in anew] == [rows(outcome) for outcome in as_they_were]


@pytest.mark.parametrize("sql", [sql for sql, _ in ANSWERS])
def test_what_the_gate_wrote_passes_it_unchanged(sql: str) -> None:
    written = checked(sql)
    assert checked(written) == written


async def test_names_of_columns_may_be_anything(queries: Queries, tmp_path: Path) -> None:
    names = ['a "quoted" name', "'; DROP VIEW data; --", "x" * 10_000, "größe", "日付", "select", "new\nline"]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    file = tmp_path / "names.parquet"
    columns = ", ".join(f"{number} AS {name}" for number, name in enumerate(quoted))
    duckdb.execute(f"COPY (SELECT {columns}) TO '{file}' (FORMAT parquet)")
    outcomes = await queries.run(file, [f"SELECT {name} FROM data" for name in quoted], columns=names)  # noqa: S608
    assert [(o.columns, o.rows) for o in outcomes if isinstance(o, Rows)] == [([n], [[i]]) for i, n in enumerate(names)]


async def test_a_large_table_gives_the_numbers_duckdb_gives_outside(queries: Queries, flights: Path) -> None:
    asked = [
        "SELECT count(*), sum(distance), round(avg(dep_delay), 6) FROM data",
        "SELECT carrier, count(*) AS n, round(median(arr_delay), 3) FROM data GROUP BY 1 ORDER BY n DESC, carrier",
        "SELECT round(corr(dep_delay, arr_delay), 6), round(regr_slope(arr_delay, dep_delay), 6) FROM data",
        "SELECT month, rank() OVER (ORDER BY n) FROM (SELECT month, count(*) AS n FROM data GROUP BY 1) ORDER BY 1",
    ]
    with duckdb.connect() as outside:
        outside.execute(f"CREATE VIEW data AS FROM '{flights}'")
        expected = [[list(row) for row in outside.execute(sql).fetchall()] for sql in asked]
    assert [rows(outcome) for outcome in await queries.run(flights, asked)] == expected
