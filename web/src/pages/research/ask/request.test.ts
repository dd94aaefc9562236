import { expect, test } from "vitest";

import { chosenOptions, emptyDraft, requestOf, scheduleOf } from "./request";

test("what was left empty is not sent", () => {
  expect(requestOf({ ...emptyDraft(), question: "  How many? " }, "d")).toEqual({
    dataset_id: "d",
    question: "How many?",
    verbose: 0,
    review_plan: false,
    priority: "interactive",
  });
});

test("a local time is sent as a moment, and only when the question is to be asked later", () => {
  const draft = { ...emptyDraft(), question: "q", runAt: "2030-01-02T03:04" };
  expect(requestOf(draft, "d").run_at).toBeUndefined();
  expect(requestOf({ ...draft, when: "once" }, "d").run_at).toBe(new Date("2030-01-02T03:04").toISOString());
});

test("a schedule has a rhythm and never a moment", () => {
  const draft = {
    ...emptyDraft(),
    question: "q",
    when: "again" as const,
    runAt: "2030-01-02T03:04",
    cron: " 0 8 * * 1 ",
  };
  expect(scheduleOf(draft, "d")).toMatchObject({ cron: "0 8 * * 1", time_zone: draft.timeZone });
  expect(scheduleOf(draft, "d")).not.toHaveProperty("run_at");
});

test("options that were chosen are counted", () => {
  expect(chosenOptions(emptyDraft())).toBe(0);
  expect(chosenOptions({ ...emptyDraft(), verbose: true, when: "again", email: "me@example.org" })).toBe(3);
});
