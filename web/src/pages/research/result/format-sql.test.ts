import { expect, test } from "vitest";

import { formatSql } from "./format-sql";

test("each part of a query begins a line", () => {
  expect(formatSql('SELECT "a", avg("b") FROM "data" WHERE "c" > 1 GROUP BY 1 ORDER BY 2 DESC LIMIT 10')).toBe(
    'SELECT "a", avg("b")\nFROM "data"\nWHERE "c" > 1\nGROUP BY 1\nORDER BY 2 DESC\nLIMIT 10',
  );
});

test("what stands in quotes is never changed", () => {
  const sql = `SELECT "x  FROM y" AS "a" , 'it''s  WHERE  z' FROM "data"`;
  expect(formatSql(sql)).toBe(`SELECT "x  FROM y" AS "a" , 'it''s  WHERE  z'\nFROM "data"`);
});

test("words that only begin like a part stay where they are, and inner queries are indented", () => {
  expect(formatSql("SELECT fromage FROM (SELECT 1 AS limits FROM t) WHERE x")).toBe(
    "SELECT fromage\nFROM (SELECT 1 AS limits\n  FROM t)\nWHERE x",
  );
});

test("brackets that hold no query keep their line", () => {
  const sql = "SELECT rank() OVER (PARTITION BY a ORDER BY b) FROM t";
  expect(formatSql(sql)).toBe("SELECT rank() OVER (PARTITION BY a ORDER BY b)\nFROM t");
});
