import type { JobView } from "@/live/job";

const LONGEST = 160;

/** The member of each kind's input that says best what the job is about. */
const TELLING = ["lazy_prompt", "question", "query", "filename", "name"] as const;

/** What a job is about, in the user's own words; empty where its input says nothing of the kind. */
export function aboutJob({ input }: JobView): string {
  if (typeof input !== "object" || input === null) return "";
  const members = input as Readonly<Record<string, unknown>>;
  const found = TELLING.map((name) => members[name]).find((value) => typeof value === "string" && value.trim() !== "");
  const text = typeof found === "string" ? found.trim().replaceAll(/\s+/g, " ") : "";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
