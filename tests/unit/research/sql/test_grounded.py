"""Which queries only write a number down, and which compute it."""

from __future__ import annotations

from decimal import Decimal

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
        "SELECT 9999 + 0 * count(*) AS n FROM data",
        "SELECT count(*) * 0 + 100 * 100 - 1 AS n FROM data",
        "SELECT sum(9999) / count(*) AS n FROM data",
        "SELECT count(*) / count(*) * 9999 AS n FROM data",
        "SELECT avg(9999 + 0 * price) AS n FROM data",
        "SELECT max(9999) OVER (ORDER BY price) AS n FROM data",
        "SELECT CASE WHEN count(*) > 0 THEN 9999 END AS n FROM data",
        "SELECT if(count(*) > 0, 9999, 0) AS n FROM data",
        "SELECT coalesce(nullif(count(*), count(*)), 9999) AS n FROM data",
        "SELECT greatest(count(*), 9999) AS n FROM data",
        "SELECT lag(price, 1, 9999) OVER (ORDER BY id) AS n FROM data",
        "SELECT CAST('9999' AS INTEGER) + 0 * count(*) AS n FROM data",
        "SELECT length('four') + 0 * count(*) AS n FROM data",
        "SELECT round(9999.4 + 0 * avg(price), 0) AS n FROM data",
        "SELECT [count(*), 9999] AS n FROM data",
        "SELECT {'n': 9999, 'm': count(*)} AS n FROM data",
        "SELECT z + 9999 AS n FROM (SELECT 0 * count(*) AS z FROM data)",
        "SELECT (SELECT max(price) * 0 + 9999 FROM data) AS n FROM data",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price * 0 + 9999) AS n FROM data",
        "SELECT 'there are 9,999 penguins' || left(region, 0) AS told FROM data",
        "SELECT CASE WHEN id > 0 THEN 'there are 9,999 penguins' END AS told FROM data",
        "SELECT sum(price) * 1.19 AS gross FROM data",
        "SELECT avg(price) * 0.45359237 AS kilograms FROM data",
        "SELECT sum(price) * 1e9999999 AS n FROM data",
        "SELECT sum(price) + 1e-9999999 AS n FROM data",
        "SELECT CASE WHEN price > 2 THEN '1e9999999' ELSE 'NaN' END AS n FROM data",
        pytest.param(f"SELECT sum(price) + {'9' * 5_000} AS n FROM data", id="endless number"),  # noqa: S608
        pytest.param(f"SELECT if(price > 7, '{'9' * 5_000}', '') AS n FROM data", id="endless text"),  # noqa: S608
        "SELECT CAST('Infinity' AS DOUBLE) + sum(price) AS n FROM data",
        "SELECT CAST('NaN' AS DOUBLE) * sum(price) AS n FROM data",
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
        "SELECT count(*) - 1 AS n, 100 - 100.0 * count(price) / count(*) AS missing FROM data",
        "SELECT sum(seconds) / (60 * 60 * 24) AS days, avg(price) / 1000 AS thousands FROM data",
        "SELECT floor(price / 25) * 25 AS bin, count(*) AS n FROM data GROUP BY 1",
        "SELECT id % 7 AS d, year // 10 * 10 AS decade FROM data",
        "SELECT avg(price) + 1.5 * (max(price) - min(price)) AS high FROM data",
        "SELECT quantile_cont(price, 0.9) AS p90, round(avg(price), 3) AS mean FROM data",
        "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY price) AS p90 FROM data",
        "SELECT ntile(4) OVER (ORDER BY price) AS q, row_number() OVER () - 1 AS place FROM data",
        "SELECT price - lag(price, 3) OVER (ORDER BY id) AS change FROM data",
        "SELECT coalesce(sum(price), 0) AS n, nullif(count(*), 0) AS m FROM data",
        "SELECT CASE WHEN age < 18 THEN '0 to 17' WHEN age < 65 THEN '18 to 64' ELSE '65 and older' END AS a FROM data",
        "SELECT 'Q' || quarter(sold) AS q, year(sold) || '-01' AS y, substr(name, 3, 4) AS s FROM data",
        "SELECT sold + INTERVAL 3 MONTH AS later, date_diff('day', DATE '2024-01-01', sold) AS d FROM data",
        "SELECT count(*) FILTER (WHERE price > 4200) AS n FROM data",
        "SELECT sum(price) OVER (ORDER BY id ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week FROM data",
        "SELECT price > 4200 AS dear, price BETWEEN 17 AND 23 AS mild FROM data ORDER BY price * 17 LIMIT 17",
    ],
)
def test_what_is_computed_or_no_number_passes(sql: str) -> None:
    assert written_down(sql) == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(price) * 1.19 AS gross FROM data",
        "SELECT avg(price) * 0.45359237 AS kilograms FROM data",
        "SELECT CASE WHEN price > 4200 THEN 4200 ELSE price END AS capped FROM data",
    ],
)
def test_a_number_of_the_question_may_be_computed_with(sql: str) -> None:
    assert written_down(sql)
    assert not written_down(sql, {Decimal("1.19"), Decimal("0.45359237"), Decimal(4200)})


def test_it_is_said_which_number_it_is() -> None:
    assert written_down("SELECT 9999 + 0 * count(*) AS n FROM data") == "9999"
