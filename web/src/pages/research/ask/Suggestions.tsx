import { Lightbulb } from "lucide-react";
import { useId, useMemo } from "react";

import type { Profile } from "../datasets/queries";
import { suggestionsFor } from "./first-questions";

/** Questions that this table can answer, to begin with; one click puts the words into the field. */
export function Suggestions({ profile, onChoose }: { profile: Profile; onChoose: (question: string) => void }) {
  const id = useId();
  const questions = useMemo(() => suggestionsFor(profile), [profile]);
  if (questions.length === 0) return null;
  return (
    <div>
      <p id={id} className="mb-2 flex items-center gap-1.5 text-xs text-muted">
        <Lightbulb aria-hidden className="size-3.5" /> Try one of these
      </p>
      <ul aria-labelledby={id} className="flex flex-wrap gap-2">
        {questions.map((question) => (
          <li key={question} className="max-w-full">
            <button
              type="button"
              onClick={() => onChoose(question)}
              className="max-w-full rounded-2xl border border-line px-3 py-1.5 text-left text-xs wrap-anywhere transition-colors hover:border-accent hover:text-accent-strong"
            >
              {question}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
