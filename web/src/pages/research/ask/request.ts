import type { Schemas } from "@/api/client";

/** When a question is asked: at once, once at a time, or whenever five cron fields say so. */
export type When = "now" | "once" | "again";

/** What the form holds, in the words of its fields. */
export interface Draft {
  readonly question: string;
  readonly verbose: boolean;
  readonly reviewPlan: boolean;
  readonly batch: boolean;
  readonly when: When;
  /** Local time, as the browser's field gives it. */
  readonly runAt: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly webhook: string;
  readonly email: string;
}

export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function emptyDraft(): Draft {
  return {
    question: "",
    verbose: false,
    reviewPlan: false,
    batch: false,
    when: "now",
    runAt: "",
    cron: "0 8 * * 1",
    timeZone: ownTimeZone(),
    webhook: "",
    email: "",
  };
}

/** The request to ask a question about a dataset; fields that are empty are left out. */
export function requestOf(draft: Draft, dataset: string): Schemas["ResearchRequest"] {
  return {
    dataset_id: dataset,
    question: draft.question.trim(),
    verbose: draft.verbose ? 1 : 0,
    review_plan: draft.reviewPlan,
    priority: draft.batch ? "batch" : "interactive",
    ...(draft.webhook.trim() && { webhook_url: draft.webhook.trim() }),
    ...(draft.email.trim() && { notify_email: draft.email.trim() }),
    ...(draft.when === "once" && draft.runAt && { run_at: new Date(draft.runAt).toISOString() }),
  };
}

/** The request to ask it again and again. */
export function scheduleOf(draft: Draft, dataset: string): Schemas["ScheduleRequest"] {
  return { ...requestOf(draft, dataset), cron: draft.cron.trim(), time_zone: draft.timeZone.trim() };
}

/** How many options differ from what they are at first, so that none is forgotten behind a closed disclosure. */
export function chosenOptions({ verbose, reviewPlan, batch, when, webhook, email }: Draft): number {
  return [verbose, reviewPlan, batch, when !== "now", webhook.trim() !== "", email.trim() !== ""].filter(Boolean)
    .length;
}
