"""Which queries only write a number down, and which compute it."""

from __future__ import annotations

import pytest

from parley_research.sql.grounded import written_down


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 9999 AS n",
        "SELECT -9999 AS n FROM data",
        "SELECT count(*) AS rows, 12.5 AS share FROM data",
        "SELECT CAST('9999' AS INTEGER) AS n FROM data",
        "SELECT length('four') AS n FROM data",
        "SELECT 1 + 1 AS n FROM data",
        "SELECT n FROM (SELECT 9999 AS n)",
        "WITH a AS (SELECT max(9999) AS n FROM data) SELECT n FROM a",
        "SELECT v.n FROM (VALUES (9999)) AS v(n)",
        "SELECT 'there are 9,999 penguins' AS told FROM data",
        "SELECT unnest([9999]) AS n FROM data",
        "SELECT species, n FROM data UNION ALL SELECT 'all', 9999",
    ],
)
def test_a_number_that_nothing_computes_is_found(sql: str) -> None:
    assert written_down(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM data",
        "SELECT count(*) AS n, sum(1) AS m FROM data",
        "SELECT 100.0 * count(*) FILTER (WHERE paid) / count(*) AS percent FROM data",
        "SELECT round(avg(price), 2) AS mean FROM data WHERE price > 100 ORDER BY 1 LIMIT 5",
        "SELECT 'all' AS region, count(*) AS n FROM data",
        "SELECT CASE WHEN price > 10 THEN 1 ELSE 0 END AS dear FROM data",
        "SELECT count(*) AS n FROM data d WHERE EXISTS (SELECT 1 FROM data WHERE id = d.id + 1)",
        "SELECT (SELECT count(*) FROM data) AS n",
        "SELECT NULL AS n, TRUE AS t FROM data",
        "not SQL at all (",
    ],
)
def test_what_is_computed_or_no_number_passes(sql: str) -> None:
    assert written_down(sql) == ""
