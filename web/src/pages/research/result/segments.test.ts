import { expect, test } from "vitest";

import { segmentsOf } from "./segments";

const cited = (start: number, end: number, column = "n") => ({
  start,
  end,
  value: 0,
  citation: { query_id: "q1", row: 0, column },
});

test("a statement is cut at its numbers, and put together again gives its text", () => {
  const text = "Gentoo 5,076.02 g, Adelie 3,700.66 g.";
  const segments = segmentsOf({ text, numbers: [cited(26, 34, "late"), cited(7, 15, "early")] });
  expect(segments.map((segment) => segment.text).join("")).toBe(text);
  expect(segments.filter((segment) => segment.citation).map((segment) => segment.text)).toEqual([
    "5,076.02",
    "3,700.66",
  ]);
  expect(segments[1]?.citation?.column).toBe("early");
});

test("places count code points, so an emoji before a number does not move it", () => {
  const segments = segmentsOf({ text: "🐧🐧 weigh 42 kg", numbers: [cited(9, 11)] });
  expect(segments.find((segment) => segment.citation)?.text).toBe("42");
});

test("a number whose place makes no sense stays plain text", () => {
  const segments = segmentsOf({ text: "It is 12.", numbers: [cited(6, 8), cited(7, 8), cited(5, 99), cited(3, 3)] });
  expect(segments.map((segment) => segment.text)).toEqual(["It is ", "12", "."]);
});
