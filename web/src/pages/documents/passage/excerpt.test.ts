import { describe, expect, it } from "vitest";

import { cut, widened } from "./excerpt";

describe("a passage", () => {
  it("is cut where the gateway counts it, whatever characters stand before it", () => {
    const text = "🚢 Größe zählt. Zweite Zeile 𝔸.";
    const found = cut(text, 0, { start: 15, end: 31 });
    expect(found).toEqual({ before: "🚢 Größe zählt. ", quote: "Zweite Zeile 𝔸.", after: "" });
  });

  it("is cut in a part of the text as in all of it", () => {
    expect(cut("cdefgh", 2, { start: 4, end: 6 })).toEqual({ before: "cd", quote: "ef", after: "gh" });
  });

  it("does not begin before the text when more is shown around it", () => {
    expect(widened({ start: 10, end: 20 }, 100, 5)).toEqual({ start: 0, end: 25 });
  });
});
