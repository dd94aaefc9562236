import { useEffect } from "react";

import { createStore, useStore } from "@/lib/store";
import { useLive } from "@/live/context";
import { useOpenQuestions } from "@/live/hooks";
import type { Asking } from "@/live/jobs";

/** The question somebody chose to answer now. */
const chosen = createStore<string | null>(null);
/** Questions somebody closed without an answer: they stay open, and wait until they are chosen. */
const postponed = createStore<ReadonlySet<string>>(new Set());
/** Jobs whose questions are shown by their own page, in its own way. */
const shownByPage = createStore<readonly string[]>([]);

export function chooseQuestion(question: string): void {
  chosen.set(question);
}

export function postponeQuestion(question: string): void {
  chosen.set(null);
  postponed.set(new Set([...postponed.get(), question]));
}

/** The question to show in the dialog: the one that was chosen, else one of a job that is on the screen. */
export function useQuestionToShow(): Asking | undefined {
  const viewed = useStore(useLive().viewed);
  const taken = useStore(shownByPage);
  const picked = useStore(chosen);
  const later = useStore(postponed);
  const asking = useOpenQuestions().filter(({ job }) => !taken.includes(job.id));
  return (
    asking.find(({ question }) => question.question_id === picked) ??
    asking.find(({ job, question }) => viewed.includes(job.id) && !later.has(question.question_id))
  );
}

/**
 * The open question of a job that this page shows itself, such as a plan to edit: the dialog then leaves it alone for as
 * long as the component is mounted. Answer it with `useAnswer`.
 */
export function useInlineQuestion(job: string | undefined): Asking | undefined {
  useEffect(() => {
    if (!job) return;
    shownByPage.set([...shownByPage.get(), job]);
    return () => shownByPage.set(shownByPage.get().toSpliced(shownByPage.get().indexOf(job), 1));
  }, [job]);
  return useOpenQuestions().find((asking) => asking.job.id === job);
}
