import { expect, test } from "vitest";

import { formatBytes, formatDuration } from "./format";

test.each([
  [0, "0 s"],
  [400, "0.4 s"],
  [3_000, "3 s"],
  [9_960, "10.0 s"],
  [59_900, "59 s"],
  [60_000, "1 min 0 s"],
  [3_599_000, "59 min 59 s"],
  [7_260_000, "2 h 1 min"],
  [200_000_000, "2 d 7 h"],
  [-5, "0 s"],
])("%i ms are %s", (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_500, "1.5 kB"],
  [26_214_400, "26.2 MB"],
  [5_000_000_000_000, "5,000 GB"],
])("%i bytes are %s", (size, words) => {
  expect(formatBytes(size).replace(/[.,  ](?=\d{3})/, ",")).toBe(words);
});
