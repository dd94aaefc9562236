/** The seven stages of research, in the words of whoever waits for it. */
export const STAGES = [
  "Taking the question apart",
  "Finding what each part needs",
  "Running the queries",
  "Looking closer",
  "Putting the findings together",
  "Thinking of what to ask next",
  "Writing the long analysis",
] as const;

/** Which stage a job is in, from 1; 0 before the first. Stages are told as `Stage 3/7: Executing queries`. */
export function stageNumber(stage: string | null): number {
  const found = /^Stage (\d+)\/\d+/.exec(stage ?? "");
  return found ? Number(found[1]) : 0;
}

export type StageState = "done" | "now" | "later" | "left out";

interface Course {
  /** The stage that was heard of last, from 1. */
  reached: number;
  ended: boolean;
  completed: boolean;
  verbose: boolean;
}

/** How it stands with a stage: the last one is left out unless a long analysis was asked for. */
export function stageState(number: number, { reached, ended, completed, verbose }: Course): StageState {
  if (number === STAGES.length && !verbose) return "left out";
  if (completed || number < reached) return "done";
  if (ended) return "left out";
  return number === reached ? "now" : "later";
}
