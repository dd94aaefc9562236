import { expect, test } from "vitest";

import type { OpenQuestion } from "@/live/events";

import { consequence, longest, optionsOf, replyKind } from "./reply";

const asked = (some: Partial<OpenQuestion>): OpenQuestion => ({
  question_id: "q",
  prompt: "Which?",
  schema: {},
  default: null,
  required: false,
  expires_at: "2026-01-01T00:00:00Z",
  ...some,
});

test.each([
  ["text", {}],
  ["text", { schema: { type: "string" }, options: ["short", "long"] }],
  ["options", { schema: { type: "string", enum: ["rerun", "skip"] } }],
  ["options", { schema: { enum: ["rerun", "skip"] }, options: ["rerun", "skip"] }],
  ["number", { schema: { type: "integer" } }],
  ["yes-no", { schema: { type: "boolean" } }],
  ["page", { schema: { type: "object" } }],
  ["page", { schema: { type: "array" } }],
] as const)("a question is answered by %s where its schema is %j", (kind, question) => {
  expect(replyKind(asked(question as Partial<OpenQuestion>))).toBe(kind);
});

test("what the schema allows are the options where none are given", () => {
  expect(optionsOf(asked({ schema: { enum: ["rerun", 7, "skip"] } }))).toEqual(["rerun", "skip"]);
  expect(optionsOf(asked({ schema: { enum: ["rerun"] }, options: ["again"] }))).toEqual(["again"]);
});

test("an answer is at most as long as the schema says", () => {
  expect(longest(asked({ schema: { maxLength: 40 } }))).toBe(40);
  expect(longest(asked({}))).toBeUndefined();
});

test("what happens without an answer is said beforehand", () => {
  expect(consequence(asked({ required: true }))).toContain("fails");
  expect(consequence(asked({ default: "skip" }))).toContain("“skip”");
  expect(consequence(asked({}))).toContain("its own judgement");
});
