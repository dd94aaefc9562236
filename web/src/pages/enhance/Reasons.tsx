import { useState } from "react";

import { cn } from "@/lib/cn";

import { type Rationale, spansOf } from "./enhanced";

interface ReasonsProps {
  prompt: string;
  rationale: readonly Rationale[];
}

/** The prompt with a number behind each part that has a reason, and the reasons; either shows which is the other. */
export function Reasons({ prompt, rationale }: ReasonsProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  if (rationale.length === 0) return <p className="text-sm text-muted">No part of it needs a reason.</p>;
  return (
    <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_18rem]">
      <p className="text-sm leading-7 wrap-anywhere whitespace-pre-wrap">
        {spansOf(prompt, rationale).map(({ text, reason }, at) =>
          reason === null ? (
            <span key={at}>{text}</span>
          ) : (
            <mark
              key={at}
              className={cn(
                "rounded-sm text-ink transition-colors",
                reason === chosen ? "bg-accent-soft" : "bg-transparent",
              )}
            >
              {text}
              <sup className="ml-0.5 font-medium text-accent">{reason + 1}</sup>
            </mark>
          ),
        )}
      </p>
      <ol className="flex flex-col gap-2">
        {rationale.map(({ element, reason }, number) => (
          <li key={number}>
            <button
              type="button"
              aria-pressed={chosen === number}
              onClick={() => setChosen(chosen === number ? null : number)}
              className="flex w-full gap-3 rounded-xl border border-line p-3 text-left text-sm hover:border-line-strong aria-pressed:border-accent aria-pressed:bg-accent-soft"
            >
              <span className="font-medium text-accent tabular-nums">{number + 1}</span>
              <span className="min-w-0">
                <span className="block font-medium capitalize">{element}</span>
                <span className="mt-0.5 block text-muted">{reason}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
