import { linkOptions } from "@tanstack/react-router";
import { FileText, FlaskConical, ListChecks, type LucideIcon, Sparkles } from "lucide-react";

import type { JobStatus } from "@/api/client";

const ENHANCE = linkOptions({ to: "/enhance/{-$job}", params: { job: undefined } });
const RESEARCH = linkOptions({ to: "/research/{-$job}", params: { job: undefined } });
const DOCUMENTS = linkOptions({ to: "/documents" });
const JOBS = linkOptions({ to: "/jobs/{-$job}", params: { job: undefined } });

interface Section {
  link: typeof ENHANCE | typeof RESEARCH | typeof DOCUMENTS | typeof JOBS;
  label: string;
  icon: LucideIcon;
}

/** What the navigation leads to, in its order. A new page needs a line here and its routes in `router.ts`. */
export const SECTIONS: readonly Section[] = [
  { link: ENHANCE, label: "Enhance", icon: Sparkles },
  { link: RESEARCH, label: "Research", icon: FlaskConical },
  { link: DOCUMENTS, label: "Documents", icon: FileText },
  { link: JOBS, label: "Jobs", icon: ListChecks },
];

interface Kind {
  /** What a job of this kind is called. */
  label: string;
  /** The page that shows one, at its own address; the others are shown by the page of jobs. */
  page?: "/enhance/{-$job}" | "/research/{-$job}";
  /** Which ends are worth a word; all unless said otherwise. */
  tell?: "failures" | "nothing";
}

const KINDS: Readonly<Record<string, Kind>> = {
  enhance: { label: "Enhance", page: "/enhance/{-$job}" },
  research: { label: "Research", page: "/research/{-$job}" },
  load_dataset: { label: "Load a dataset" },
  ingest_document: { label: "Read a document", tell: "failures" },
  forget_document: { label: "Delete a document", tell: "failures" },
  chat: { label: "Chat", tell: "nothing" },
  forget_conversation: { label: "Delete a conversation", tell: "failures" },
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

/** What a kind of job is called; kinds of a later version by their own name. */
export function kindLabel(kind: string | null): string {
  if (kind === null) return "Job";
  return KINDS[kind]?.label ?? kind.replaceAll("_", " ");
}

/** Whether somebody who looks elsewhere wants to hear that such a job ended this way. */
export function isWorthTelling(job: { kind: string | null; status: JobStatus }): boolean {
  const tell = job.kind === null ? undefined : KINDS[job.kind]?.tell;
  return tell === undefined || (tell === "failures" && job.status === "failed");
}

/** Where a job is shown in full: properties for a `Link`. */
export function jobLink(job: { id: string; kind: string | null }) {
  const page = job.kind === null ? undefined : KINDS[job.kind]?.page;
  return { to: page ?? "/jobs/{-$job}", params: { job: job.id } } as const;
}
