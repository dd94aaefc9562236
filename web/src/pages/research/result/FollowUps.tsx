import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, LoaderCircle } from "lucide-react";

import { asProblem } from "@/api/problem";
import { Card, ErrorNote } from "@/ui";

import { useAsk } from "../ask/submit";
import { followUp } from "../job/again";
import type { Work } from "./result";

interface FollowUpsProps {
  questions: readonly string[];
  work: Work;
}

/** Questions to go on with; one click asks it of the same table. */
export function FollowUps({ questions, work }: FollowUpsProps) {
  const navigate = useNavigate();
  const ask = useAsk();
  const begin = (question: string) =>
    ask.mutate(followUp(work, question), {
      onSuccess: (job) =>
        void navigate({ to: "/research/{-$job}", params: { job }, search: { dataset: work.dataset } }),
    });
  return (
    <Card title="Go on asking" description="One click asks it of the same table.">
      <ul className="flex flex-col gap-2">
        {questions.map((question) => (
          <li key={question}>
            <button
              type="button"
              disabled={ask.isPending}
              onClick={() => begin(question)}
              className="group flex w-full items-center gap-3 rounded-xl border border-line px-4 py-3 text-left text-sm font-medium transition-colors hover:border-accent hover:bg-accent-soft disabled:opacity-55"
            >
              <span className="min-w-0 flex-1 wrap-anywhere">{question}</span>
              {ask.isPending && ask.variables.question === question ? (
                <LoaderCircle aria-hidden className="size-4 animate-spin" />
              ) : (
                <ArrowRight
                  aria-hidden
                  className="size-4 shrink-0 text-muted transition-transform group-hover:translate-x-0.5 group-hover:text-accent"
                />
              )}
            </button>
          </li>
        ))}
      </ul>
      {ask.error && <ErrorNote error={asProblem(ask.error)} className="mt-3" />}
    </Card>
  );
}
