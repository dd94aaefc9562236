import { describe, expect, it } from "vitest";

import { unknownJob } from "@/live/job";

import { settled } from "./settled";

const document = {
  id: "d",
  filename: "report.pdf",
  media_type: "application/pdf",
  size: 10,
  version: 1,
  processing_status: "processing" as const,
  processing_error: null,
  error_code: null,
  task_id: "j",
  uploaded_at: "2026-01-01T00:00:00Z",
  chunks: null,
  pages: null,
  characters: null,
  notes: [],
};

describe("a document whose list is behind its job", () => {
  it("is what the end of the job made of it", () => {
    const result = { chunks: 3, pages: 2, characters: 90, notes: ["Page 2 has no text."], embedder: "e" };
    const done = settled(document, { ...unknownJob("j"), status: "completed", result });
    expect(done).toEqual({
      ...document,
      processing_status: "completed",
      chunks: 3,
      pages: 2,
      characters: 90,
      notes: ["Page 2 has no text."],
    });
    const problem = { code: "document_corrupt", title: "Corrupt", detail: "It is damaged." };
    const failed = settled(document, { ...unknownJob("j"), status: "failed", problem });
    expect([failed.processing_status, failed.processing_error]).toEqual(["failed", "It is damaged."]);
  });

  it("is what the list says while the job goes on, and once the list knows the end", () => {
    expect(settled(document, { ...unknownJob("j"), status: "running" })).toBe(document);
    const known = { ...document, processing_status: "failed" as const };
    expect(settled(known, { ...unknownJob("j"), status: "completed", result: {} })).toBe(known);
  });
});
