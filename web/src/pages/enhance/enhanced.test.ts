import { describe, expect, it } from "vitest";

import { spansOf } from "./enhanced";

const because = (start: number, end: number) => ({ element: "goal", start, end, reason: "it was missing" });

describe("a prompt cut into the spans of its reasons", () => {
  it("leaves nothing out, whatever the reasons cover", () => {
    const spans = spansOf("one two three", [because(4, 7)]);
    expect(spans).toEqual([
      { text: "one ", reason: null },
      { text: "two", reason: 0 },
      { text: " three", reason: null },
    ]);
  });

  it("counts characters as the enhancer does, where the browser would count two", () => {
    expect(spansOf("🦊 runs", [because(2, 6)])).toEqual([
      { text: "🦊 ", reason: null },
      { text: "runs", reason: 0 },
    ]);
  });

  it("says each character once where reasons overlap, come unordered or point behind the end", () => {
    const spans = spansOf("abcdef", [because(3, 90), because(1, 4)]);
    expect(spans.map((span) => span.text).join("")).toBe("abcdef");
    expect(spans.map((span) => span.reason)).toEqual([null, 1, 0]);
  });
});
