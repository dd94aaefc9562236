import { expect, test } from "vitest";

import type { OpenQuestion } from "@/live/events";

import { answerOf, edited, readPlan } from "./plan";

const asked: OpenQuestion = {
  question_id: "q",
  prompt: "Is this what you want to know?",
  schema: { type: "array", items: { type: "string", pattern: "\\S", maxLength: 4000 }, minItems: 1, maxItems: 8 },
  default: ["one", "two"],
  required: false,
  expires_at: "2030-01-01T00:00:00Z",
};

test("a plan can be added to, reworded, reordered and shortened, and is answered in its new order", () => {
  let parts = readPlan(asked)!.parts;
  parts = edited(parts, { type: "add" });
  parts = edited(parts, { type: "reword", id: 2, text: " three " });
  parts = edited(parts, { type: "move", id: 2, by: -1 });
  parts = edited(parts, { type: "move", id: 2, by: -1 });
  parts = edited(parts, { type: "move", id: 2, by: -1 });
  parts = edited(parts, { type: "remove", id: 0 });
  parts = edited(parts, { type: "add" });
  expect(answerOf(parts)).toEqual(["three", "two"]);
});

test("a question that is no plan is left to the dialog", () => {
  expect(readPlan({ ...asked, schema: { type: "string" } })).toBeUndefined();
  expect(readPlan(null)).toBeUndefined();
});
